"""What operators learn from use: records, the questions that found no answer, and questions to suggest."""
