"""Greetings, thanks and the like, which ask nothing of the documents, and what is said to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from assistant.languages.catalogue import listed, say
from assistant.languages.messages import Message

Courtesy: TypeAlias = Literal["greeting", "thanks", "farewell", "identity"]

NAMED = 3  # documents that are named one by one, at most

_PHRASES: dict[Courtesy, str] = {
    "greeting": """hi, hey, hello, hallo, hiya, howdy, greetings, good morning, good afternoon, good evening,
        good day, how are you, how are you doing, how do you do, how is it going, how's it going, what's up, whats up,
        nice to meet you, pleased to meet you, guten morgen, guten tag, guten abend, moin, servus, grüß gott,
        grüezi, wie geht es dir, wie geht's, wie geht es ihnen, bonjour, bonsoir, salut, coucou, ça va,
        comment ça va, comment allez vous, hola, buenos días, buenos dias, buenas tardes, buenas noches, buenas,
        qué tal, que tal, cómo estás, como estas, ciao, buongiorno, buonasera, come stai, olá, ola, bom dia,
        boa tarde, boa noite, tudo bem, goedemorgen, goedemiddag, goedenavond, goedendag, hoi, hej, hejsan, god morgon,
        hei, god dag, moi, terve, cześć, czesc, dzień dobry, dzien dobry, ahoj, dobrý den, merhaba, selam,
        привет, здравствуйте, добрый день, доброе утро, добрый вечер, привіт, добрий день, γεια, γεια σας, καλημέρα,
        שלום, مرحبا, السلام عليكم, اهلا, أهلا, नमस्ते, こんにちは,
        おはようございます, こんばんは, 你好, 您好, 早上好, 안녕하세요, 안녕""",
    "thanks": """thanks, thank you, thx, much appreciated, many thanks, thanks a lot, thanks a million,
        thank you for your help, thanks for your help, thanks for the help, thank you for the help,
        that helps, that helped, that was helpful, very helpful, danke, danke schön, danke schoen, vielen dank,
        besten dank, dankeschön, merci, merci beaucoup, merci bien, gracias, muchas gracias, mil gracias, grazie,
        grazie mille, obrigado, obrigada, muito obrigado, bedankt, dank je, dank je wel, dank u, tack så mycket,
        takk, tak, kiitos, dziękuję, dziekuje, dzięki, děkuji, teşekkürler, teşekkür ederim, спасибо, большое спасибо,
        дякую, ευχαριστώ, תודה, תודה רבה, شكرا, شكرا جزيلا, धन्यवाद, ありがとう, ありがとうございます, 谢谢, 謝謝,
        감사합니다""",
    "farewell": """bye, bye bye, goodbye, good bye, see you, see you later, see you soon, see ya, good night,
        have a nice day, have a good day, take care, tschüss, tschüß, tschuess, auf wiedersehen, bis bald, bis später,
        schönen tag noch, au revoir, à bientôt, bonne journée, adiós, adios, hasta luego, hasta pronto, arrivederci,
        tchau, até logo, tot ziens, hej då, пока, до свидания, さようなら, 再见""",
    "identity": """who are you, what are you, who is this, are you a bot, are you a robot, are you human,
        are you a human, are you an ai, are you a person, am i talking to a bot, am i talking to a human,
        am i talking to a person, what is your name, what's your name, what can you do, what can i ask,
        what can i ask you, what can i ask here, what should i ask,
        what can you help with, what can you help me with, how can you help, how can you help me, can you help me,
        introduce yourself, tell me about yourself, wer bist du, was bist du,
        wer sind sie, was kannst du, was können sie, wie heißt du, was kann ich fragen, qui es tu, qui êtes vous,
        que peux tu faire, quién eres, quien eres, qué puedes hacer, chi sei, quem é você, quem és""",
}
_FILLERS = """there, all, everyone, everybody, team, folks, guys, again, please, so much, very much, a lot, assistant,
    bot, chatbot, robot, friend, my friend, sir, madam, ok, okay, oh, well, and, you, today, then, now, for that,
    for this, much, very, really, dear, to you, too, und, zusammen, et, y, e, à tous, a todos, amigo"""
_NO_WORD = re.compile(r"[^\w']+|_+")


def courtesy(text: str) -> Courtesy | None:
    """What the text is, if all of it is a greeting, thanks, a farewell or the question who answers; else None.

    Of several it is the last but for greetings: "Hi, who are you?" asks who answers.
    """
    words = plain(text)
    found: list[Courtesy] = []
    while words:
        match = _PARTS.match(words)
        if match is None:
            return None
        kind = _KINDS.get(match[1])
        found += [kind] if kind is not None else []
        words = words[match.end() :]
    others = [kind for kind in found if kind != "greeting"]
    return (others or found or [None])[-1]


def plain(text: str) -> str:
    """The words of a text in lower case, with one space between them."""
    return " ".join(_NO_WORD.sub(" ", text.casefold().replace("’", "'")).split())


def reply(kind: Courtesy, titles: Sequence[str]) -> Message:
    """What is said to it, with what can be asked about."""
    return say(f"answers.{kind}", what=_documents(titles))


def _documents(titles: Sequence[str]) -> Message:
    if not titles:
        return say("answers.documents")
    if len(titles) > NAMED:
        return say("answers.many_documents", count=len(titles), first=titles[0], second=titles[1])
    return listed("lists.and", titles)


def _listed(text: str) -> list[str]:
    return [plain(part) for part in text.split(",")]


_KINDS: dict[str, Courtesy] = {phrase: kind for kind, text in _PHRASES.items() for phrase in _listed(text)}
_LONGEST_FIRST = sorted((*_KINDS, *_listed(_FILLERS)), key=len, reverse=True)
_PARTS = re.compile(rf"({'|'.join(map(re.escape, _LONGEST_FIRST))})(?: |$)")
