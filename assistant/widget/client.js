// Talks to the assistant, and to no one else: asks, reads the reply as it streams in, and tells failures apart.

const PATIENCE = 60_000; // milliseconds that a reply may stand still

/** Why there is no answer. `kind` names the words for it among the strings. */
export class Failure extends Error {
  constructor(kind, { values = {}, problem = null, cause } = {}) {
    super(kind, { cause });
    Object.assign(this, { kind, values, problem });
  }
}

export class Client {
  #texts = new Map(); // address of a version -> promise of its text
  #tokens = new WeakMap(); // answer -> what a vote on it is sent with

  language = ""; // that the server is to speak

  /** `server` gives the base URL. */
  constructor(server, fetch) {
    this.server = server;
    this.fetch = fetch;
  }

  /** The address of a path below the server's base; null for what would leave the server. */
  address(path) {
    const base = this.server();
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    const url = new URL(path.replace(/^\//, "./"), base);
    return url.origin === base.origin && /^https?:$/.test(url.protocol) ? url.href : null;
  }

  /** The answer. `block` is called with each block as it comes in, where the server streams. */
  async ask(body, { signal, block }) {
    const idle = new AbortController();
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => idle.abort(), PATIENCE);
    };
    wait();
    try {
      const response = await this.#send("v1/ask", { ...body, stream: true }, {
        headers: { Accept: "text/event-stream, application/json" },
        signal: AbortSignal.any([signal, idle.signal]),
      });
      if (!response.ok) throw await refused(response);
      const streamed = response.headers.get("content-type")?.startsWith("text/event-stream");
      const answer = streamed ? await read(response.body, block, wait) : await response.json();
      if (!answer?.status) throw new Failure("broken");
      this.#tokens.set(answer, response.headers.get("x-feedback-token"));
      return answer;
    } catch (error) {
      if (signal.aborted) throw new Failure("stopped");
      if (idle.signal.aborted) throw new Failure("late");
      if (error instanceof Failure) throw error;
      if (error instanceof SyntaxError) throw new Failure("broken", { cause: error });
      throw new Failure(navigator.onLine ? "unreachable" : "offline", { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Questions that the documents answer; none where the server cannot say. */
  async suggestions() {
    try {
      const response = await this.fetch(this.address("v1/suggestions"));
      const { questions } = response.ok ? await response.json() : {};
      return Array.isArray(questions) ? questions.filter((question) => typeof question === "string") : [];
    } catch {
      return [];
    }
  }

  /** Questions near this one that the documents answer; none where the server cannot say. */
  async near(question) {
    try {
      const response = await this.#send("v1/suggestions/near", { question });
      const { questions } = response.ok ? await response.json() : {};
      return Array.isArray(questions) ? questions.filter((each) => typeof each === "string") : [];
    } catch {
      return [];
    }
  }

  /** The text that a citation's offsets count into. */
  text({ document_id: id, document_version: version }) {
    const address = this.address(`v1/documents/${encodeURIComponent(id).replaceAll("%2F", "/")}/text`);
    const key = `${address} ${version}`;
    if (!this.#texts.has(key)) {
      const text = this.fetch(address).then(async (response) => {
        if (!response.ok) throw await refused(response);
        return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
      });
      text.catch(() => this.#texts.delete(key));
      this.#texts.set(key, text);
    }
    return this.#texts.get(key);
  }

  /** Whether the server takes a vote on the answer. */
  votes(answer) {
    return Boolean(this.#tokens.get(answer));
  }

  /** Sends a vote on an answer, and why. False where the server takes none. */
  async vote(answer, vote) {
    const response = await this.#send("v1/feedback", { answer_id: answer.id, token: this.#tokens.get(answer), ...vote });
    if (!response.ok && response.status !== 404) throw await refused(response);
    return response.ok;
  }

  #send(path, body, { headers = {}, ...options } = {}) {
    headers = { "Content-Type": "application/json", "Accept-Language": this.language, ...headers };
    return this.fetch(this.address(path), { method: "POST", headers, body: JSON.stringify(body), ...options });
  }
}

async function refused(response) {
  const problem = await response.json().catch(() => null);
  return told(problem, response.status, parseInt(response.headers.get("retry-after"), 10));
}

/** The failure that a problem body stands for. */
function told(problem, status, seconds) {
  const detail = problem?.detail?.replace(/\.$/, "");
  if (seconds >= 0 && (status === 429 || status === 503)) return new Failure("busyFor", { values: { seconds }, problem });
  if (status === 429) return new Failure("busy", { problem });
  if (status === 503) return new Failure("notReady", { problem });
  if (status >= 400 && status < 500 && detail) return new Failure("refused", { values: { detail }, problem });
  return new Failure("broken", { problem });
}

/** Reads server-sent events until the answer. */
async function read(body, block, alive) {
  for await (const { event, data } of events(body, alive)) {
    if (event === "block") block(JSON.parse(data));
    if (event === "answer") return JSON.parse(data);
    if (event === "error") {
      const problem = JSON.parse(data);
      throw told(problem, problem.status);
    }
  }
  throw new Failure("cut");
}

async function* events(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((cause) => {
        throw new Failure("cut", { cause });
      });
      if (done) return;
      alive();
      const parts = (rest + value).split(/\r\n\r\n|\n\n|\r\r/);
      rest = parts.pop();
      for (const part of parts) {
        const lines = part.split(/\r\n|\n|\r/).map((line) => line.match(/^(event|data): ?(.*)$/s) ?? []);
        const of = (name) => lines.filter((line) => line[1] === name).map((line) => line[2]);
        yield { event: of("event").at(-1) ?? "message", data: of("data").join("\n") };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
