// The servers of the tests: the site itself, pages of other websites, and HTTPS in front of them.
import { spawn, spawnSync } from "node:child_process";
import { X509Certificate, createHash } from "node:crypto";
import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "./webdriver.mjs";

/** The hosts that the certificate names. HTTPS works for these only. */
export const HOSTS = ["passkeys.test", "related.test", "stranger.test"];

/** A folder for databases and keys. It is deleted when the tests end. */
export const folder = mkdtempSync(join(tmpdir(), "browser-tests-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** The site, as a process with its own database. */
export class Site {
  static #count = 0;

  /** Starts the program with these environment variables. */
  static async start(program, variables = {}) {
    const site = new Site();
    site.port = await freePort();
    site.origin = variables.ORIGIN ?? `http://localhost:${site.port}`;
    site.database = join(folder, `site-${++Site.#count}.sqlite`);
    site.log = "";
    site.process = spawn(program, [], {
      env: {
        LISTEN: `127.0.0.1:${site.port}`,
        DATABASE_URL: `sqlite://${site.database}`,
        CEREMONIES_PER_MINUTE: "1000000",
        NO_COLOR: "1",
        ...variables,
      },
    });
    const keep = (text) => (site.log += text);
    site.process.stdout.on("data", keep);
    site.process.stderr.on("data", keep);
    await until("the site", () => {
      if (site.process.exitCode !== null) throw new Error(`the site stopped: ${site.log}`);
      return site.log.includes("Open ");
    });
    return site;
  }

  get rpId() {
    return new URL(this.origin).hostname;
  }

  /** Executes SQL statements and returns the output. `undefined` means: sqlite3 is missing. */
  sql(statements) {
    const args = ["-cmd", ".timeout 5000", this.database, statements];
    const { error, status, stdout, stderr } = spawnSync("sqlite3", args, { encoding: "utf8" });
    if (error) return undefined;
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  stop() {
    this.process.kill();
  }
}

/**
 * Starts another website on localhost. Its page is empty, or with `?frame=URL&allow=POLICY` it
 * shows the site in an iframe.
 */
export async function startOtherSite() {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    const frame = searchParams.get("frame");
    const allow = searchParams.get("allow") ?? "";
    response.setHeader("content-type", "text/html");
    const [src, policy] = [frame, allow].map(attribute);
    const iframe = `<iframe width="800" height="500" src="${src}" allow="${policy}"></iframe>`;
    response.end(`<!doctype html><title>Another website</title>${frame ? iframe : ""}`);
  });
  const port = await listen(server);
  return { origin: `http://localhost:${port}`, stop: () => close(server) };
}

function attribute(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/**
 * Starts HTTPS for all hosts, and the proxy through which the browsers reach it. `targets` maps a
 * host to the port of its site. It can be changed later.
 */
export async function startHttps(targets) {
  const [key, certificate, authority] = makeCertificate();
  const https = createTlsServer({ key, cert: certificate }, (incoming, outgoing) => {
    const port = targets[incoming.headers.host];
    if (port === undefined) return outgoing.writeHead(404).end("<!doctype html><title></title>");
    const { url: path, method, headers } = incoming;
    const inner = request({ port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    inner.once("error", () => outgoing.destroy());
    incoming.pipe(inner);
  });
  const tlsPort = await listen(https);
  // Browsers ask a proxy with CONNECT to open a connection to host:443.
  const proxy = createServer((_, response) => response.writeHead(403).end());
  proxy.on("connect", (request, socket) => {
    const host = request.url.split(":")[0];
    // Browsers also try to reach their makers.
    if (!HOSTS.includes(host)) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const inner = connect(tlsPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      inner.pipe(socket).pipe(inner);
    });
    for (const end of [socket, inner]) {
      end.on("error", () => [socket, inner].forEach((each) => each.destroy()));
    }
  });
  const port = await listen(proxy);
  return {
    address: `127.0.0.1:${port}`,
    keyHash: hashOfKey(certificate),
    authority: new X509Certificate(authority).raw.toString("base64"),
    stop: () => [proxy, https].forEach(close),
  };
}

/** Makes an authority and a certificate for all hosts. Returns the files as text. */
function makeCertificate() {
  const names = HOSTS.map((host) => `DNS:${host}`).join(",");
  const common = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const file = (name) => join(folder, name);
  const authority = ["-CA", file("authority.pem"), "-CAkey", file("authority.key")];
  const make = (name, subject, more) => {
    const output = ["-keyout", file(`${name}.key`), "-out", file(`${name}.pem`)];
    const args = [...common, "-days", "2", "-subj", `/CN=${subject}`, ...output, ...more];
    const { status, stderr, error } = spawnSync("openssl", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`openssl: ${error ?? stderr}`);
  };
  make("authority", "browser tests authority", []);
  const end = ["basicConstraints=critical,CA:FALSE", `subjectAltName=${names}`];
  const extensions = end.flatMap((extension) => ["-addext", extension]);
  make("site", "browser tests", [...authority, ...extensions]);
  return ["site.key", "site.pem", "authority.pem"].map((name) => readFileSync(file(name), "utf8"));
}

/** Chromium accepts a certificate if it is told the hash of the public key. */
function hashOfKey(certificate) {
  const key = new X509Certificate(certificate).publicKey;
  return createHash("sha256").update(key.export({ type: "spki", format: "der" })).digest("base64");
}

function listen(server) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server.address().port));
  });
}

function close(server) {
  server.close();
  server.closeAllConnections?.();
}
