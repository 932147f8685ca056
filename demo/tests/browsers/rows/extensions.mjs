// Rows about extensions, as experiments.
import { words } from "../tester.mjs";

export const theme = "Extensions";

const ALL = ["prf", "largeBlob", "credBlob", "minPinLength"];
const SECRET = Buffer.from("a salt of the tests").toString("base64url");
const BLOB = Buffer.from("a blob of the tests").toString("base64url");

/** Runs an experiment with extensions. Returns the outputs, or what went wrong. */
async function outputs(t, ceremony, extensions, settings = {}, options = {}) {
  const outcome = await t.lab(ceremony, { extensions, ...settings }, options);
  if (words(outcome) !== "accepted") return words(outcome);
  return JSON.parse(outcome.response).clientExtensionResults;
}

/** Returns the text of outputs that are not as expected, or what went wrong instead of them. */
function shown(outputs) {
  return typeof outputs === "string" ? outputs : JSON.stringify(outputs);
}

function security(t, changes = {}) {
  return t.authenticator({ transport: "usb", extensions: ALL, ...changes });
}

/** Returns the level that an output of credProtect in authenticator data has, or 0. */
function protection({ response }) {
  const { authenticatorData } = JSON.parse(response).response;
  const data = Buffer.from(authenticatorData, "base64url");
  const name = data.indexOf("credProtect");
  return name < 0 ? 0 : data[name + "credProtect".length];
}

const LEVELS = [
  "userVerificationOptional",
  "userVerificationOptionalWithCredentialIDList",
  "userVerificationRequired",
];

const NO_CRED_PROTECT = "its virtual authenticators do not say that they have this extension";

const protections = LEVELS.map((policy, position) => ({
  name: `credProtect: ${policy}`,
  why: position === 0 ? undefined : { firefox: NO_CRED_PROTECT },
  expect: {
    chromium: `level ${position + 1}, accepted`,
    firefox: position === 0 ? "level 1, accepted" : "the browser refuses (NotAllowedError)",
  },
  async run(t) {
    await security(t);
    const extensions = {
      credentialProtectionPolicy: policy,
      enforceCredentialProtectionPolicy: position > 0,
    };
    const options = { capture: `cred-protect-${position + 1}` };
    const outcome = await t.lab("registration", { extensions }, options);
    return outcome.response ? `level ${protection(outcome)}, ${words(outcome)}` : words(outcome);
  },
}));

export const rows = [
  {
    name: "credProps: a resident key",
    quick: true,
    expect: '{"credProps":{"rk":true}}',
    async run(t) {
      await security(t);
      return JSON.stringify(await outputs(t, "registration", { credProps: true }));
    },
  },
  {
    name: "credProps: not a resident key",
    expect: '{"credProps":{"rk":false}}',
    async run(t) {
      await security(t);
      const settings = { residentKey: "discouraged" };
      return JSON.stringify(await outputs(t, "registration", { credProps: true }, settings));
    },
  },
  ...protections,
  {
    name: "credProtect that must be enforced, by an authenticator without it",
    expect: "the browser refuses (NotAllowedError)",
    async run(t) {
      await t.u2f();
      const extensions = {
        credentialProtectionPolicy: LEVELS[1],
        enforceCredentialProtectionPolicy: true,
      };
      const settings = { userVerification: "discouraged", residentKey: "discouraged" };
      return words(await t.lab("registration", { extensions, ...settings }));
    },
  },
  {
    name: "prf: enabled in the registration, evaluated twice with the same result",
    quick: true,
    why: {
      firefox: "its virtual authenticators add the output, but do not set the flag for it",
    },
    expect: {
      chromium: "enabled, the same 32 bytes",
      firefox: "refused at authentication step 15",
    },
    async run(t) {
      await security(t);
      const made = await outputs(t, "registration", { prf: {} }, {}, {
        capture: "prf/registration",
      });
      if (made.prf?.enabled !== true) return shown(made);
      const results = [];
      for (const capture of ["prf/login", undefined]) {
        const input = { prf: { eval: { first: SECRET } } };
        const options = { capture, expect: t.name === "firefox" && { reject: "TrailingBytes" } };
        const output = await outputs(t, "authentication", input, {}, options);
        if (!output.prf?.results?.first) return shown(output);
        results.push(output.prf.results.first);
      }
      const length = Buffer.from(results[0], "base64url").length;
      return `enabled, ${results[0] === results[1] ? "the same" : "different"} ${length} bytes`;
    },
  },
  {
    name: "largeBlob: write, then read",
    why: { firefox: "it does not know this extension" },
    expect: {
      chromium: "supported, written, the same bytes are read",
      firefox: "refused at registration step 28",
    },
    async run(t) {
      await security(t, { transport: "internal" });
      const input = { largeBlob: { support: "required" } };
      const made = await outputs(t, "registration", input, {}, {
        capture: "large-blob/registration",
        expect: t.name === "firefox" && { reject: "ExtensionRejected" },
      });
      if (made.largeBlob?.supported !== true) return shown(made);
      const write = { largeBlob: { write: BLOB } };
      const listed = { list: true };
      const wrote = await outputs(t, "authentication", write, listed, {
        capture: "large-blob/write",
      });
      if (wrote.largeBlob?.written !== true) return shown(wrote);
      const options = { capture: "large-blob/read" };
      const read = await outputs(t, "authentication", { largeBlob: { read: true } }, {}, options);
      if (read.largeBlob?.blob !== BLOB) return shown(read);
      return "supported, written, the same bytes are read";
    },
  },
  {
    name: "credBlob: stored in the registration, then read",
    why: { firefox: "it does not know this extension" },
    expect: { chromium: "stored, the same bytes are read", firefox: "not stored, accepted" },
    async run(t) {
      await security(t);
      const made = await t.lab("registration", { extensions: { credBlob: BLOB } }, {
        capture: "cred-blob/registration",
      });
      if (words(made) !== "accepted") return words(made);
      const login = await t.lab("authentication", { extensions: { getCredBlob: true } }, {
        capture: "cred-blob/login",
      });
      if (words(login) !== "accepted") return words(login);
      const data = Buffer.from(JSON.parse(login.response).response.authenticatorData, "base64url");
      const isRead = data.includes("a blob of the tests");
      return isRead ? "stored, the same bytes are read" : "not stored, accepted";
    },
  },
  {
    name: "minPinLength",
    expect: "the authenticator reports a number, accepted",
    async run(t) {
      await security(t);
      const outcome = await t.lab("registration", { extensions: { minPinLength: true } }, {
        capture: "min-pin-length",
      });
      if (!outcome.response) return words(outcome);
      const { authenticatorData } = JSON.parse(outcome.response).response;
      const data = Buffer.from(authenticatorData, "base64url");
      const reports = data.includes("minPinLength") ? "a number" : "nothing";
      return `the authenticator reports ${reports}, ${words(outcome)}`;
    },
  },
  {
    name: "appid: a credential of the older U2F interface signs in",
    expect: "appid is true, accepted",
    async run(t) {
      await t.visit(t.secure);
      const id = await t.u2f();
      const appid = `${t.secure.origin}/app-id.json`;
      const settings = { userVerification: "discouraged", residentKey: "discouraged" };
      await t.lab("registration", settings, { capture: "appid/registration" });
      await t.replaceCredential(id, { rpId: appid });
      const login = { userVerification: "discouraged", list: true, extensions: { appid } };
      const outcome = await t.lab("authentication", login, { capture: "appid/login" });
      if (!outcome.response) return words(outcome);
      const { appid: output } = JSON.parse(outcome.response).clientExtensionResults;
      return `appid is ${output}, ${words(outcome)}`;
    },
  },
  {
    name: "appidExclude: an authenticator with a credential of the older U2F interface",
    expect: "the browser refuses (InvalidStateError)",
    async run(t) {
      await t.visit(t.secure);
      const id = await t.u2f();
      const appidExclude = `${t.secure.origin}/app-id.json`;
      const settings = { userVerification: "discouraged", residentKey: "discouraged" };
      await t.lab("registration", settings);
      await t.replaceCredential(id, { rpId: appidExclude });
      const again = { ...settings, list: true, extensions: { appidExclude } };
      return words(await t.lab("registration", again));
    },
  },
];
