FROM python:3.11-slim
WORKDIR /srv
COPY . .
RUN pip install --no-cache-dir . && assistant index
EXPOSE 8000
# Within a container all addresses are the container's own; publish the port where you want it.
CMD ["assistant", "serve", "--host", "0.0.0.0"]
