/**
 * Tests the browser half with a browser that the test controls. Run it with
 * `node --test demo/tests/webauthn.test.mjs`.
 */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

const OPTIONS = { publicKey: { challenge: "AAAA" } };

/** The calls of `navigator.credentials`, the oldest first. */
let calls = [];

/** Like the method of a browser: it rejects a second call, and ends an aborted one a bit later. */
function method(name) {
  return ({ publicKey, mediation, signal }) =>
    new Promise((resolve, reject) => {
      const isBusy = calls.some((call) => !call.ended);
      const call = { name, publicKey, mediation, ended: false };
      call.resolve = (value) => ((call.ended = true), resolve(value));
      call.reject = (error) => ((call.ended = true), reject(new DOMException("", error)));
      calls.push(call);
      if (isBusy) call.reject("OperationError");
      if (signal.aborted) call.reject("AbortError");
      signal.addEventListener("abort", () => setTimeout(() => call.reject("AbortError"), 5));
    });
}

const credentials = { create: method("create"), get: method("get") };
Object.defineProperty(globalThis, "navigator", { value: { credentials } });
globalThis.PublicKeyCredential = { isConditionalMediationAvailable: async () => true };
const { authenticate, autofill, capabilities, register, sendSignals } =
  await import("../assets/webauthn.js");

/** What a browser without `toJSON` returns. */
const CREDENTIAL = {
  id: "_w",
  rawId: Uint8Array.of(255).buffer,
  type: "public-key",
  authenticatorAttachment: null,
  response: {
    clientDataJSON: Uint8Array.of(255, 254, 253).buffer,
    authenticatorData: Uint8Array.of(1).buffer,
    signature: Uint8Array.of(2).buffer,
    userHandle: null,
  },
  getClientExtensionResults: () => ({
    largeBlob: { blob: Uint8Array.of(3).buffer },
    prf: { results: { first: Uint8Array.of(0, 4, 0).subarray(1, 2) } },
  }),
};

const RESPONSE = {
  id: "_w",
  rawId: "_w",
  type: "public-key",
  response: { clientDataJSON: "__79", authenticatorData: "AQ", signature: "Ag" },
  clientExtensionResults: { largeBlob: { blob: "Aw" }, prf: { results: { first: "BA" } } },
};

const pause = (milliseconds = 20) => new Promise((done) => setTimeout(done, milliseconds));
const last = () => calls.at(-1);

/** Offers passkeys, and counts what happens. */
function offered({ validFor = 60, finish = async () => {} } = {}) {
  const seen = { starts: 0, errors: [] };
  const start = async () => {
    seen.starts += 1;
    return { options: { ...OPTIONS, mediation: "conditional" }, validFor };
  };
  seen.offer = autofill({ start, finish, onError: (error) => seen.errors.push(error) });
  return seen;
}

let seen;
afterEach(async () => {
  seen?.offer.stop();
  await pause();
  assert.ok(calls.every((call) => call.ended));
  calls = [];
});

test("options become bytes, and bytes in a response become text", async () => {
  const done = register({
    publicKey: {
      challenge: "_-8",
      rp: { id: "localhost" },
      user: { id: "AQ" },
      excludeCredentials: [{ type: "public-key", id: "Ag" }],
      extensions: {
        credProps: true,
        credBlob: "Aw",
        largeBlob: { support: "required" },
        prf: { eval: { first: "BA" }, evalByCredential: { Ag: { first: "BQ", second: "Bg" } } },
      },
    },
  });
  await pause();
  assert.deepEqual(last().publicKey, {
    challenge: Uint8Array.of(255, 239),
    rp: { id: "localhost" },
    user: { id: Uint8Array.of(1) },
    excludeCredentials: [{ type: "public-key", id: Uint8Array.of(2) }],
    extensions: {
      credProps: true,
      credBlob: Uint8Array.of(3),
      largeBlob: { support: "required" },
      prf: {
        eval: { first: Uint8Array.of(4) },
        evalByCredential: { Ag: { first: Uint8Array.of(5), second: Uint8Array.of(6) } },
      },
    },
  });
  last().resolve(CREDENTIAL);
  assert.deepEqual(await done, RESPONSE);
});

test("the methods of a registration response become members", async () => {
  const done = register(OPTIONS);
  await pause();
  const response = {
    clientDataJSON: Uint8Array.of(1).buffer,
    attestationObject: Uint8Array.of(2).buffer,
    getAuthenticatorData: () => Uint8Array.of(3).buffer,
    getPublicKey: () => null,
    getPublicKeyAlgorithm: () => -7,
    getTransports: () => ["usb"],
  };
  last().resolve({ ...CREDENTIAL, response });
  assert.deepEqual((await done).response, {
    clientDataJSON: "AQ",
    attestationObject: "Ag",
    authenticatorData: "Aw",
    publicKeyAlgorithm: -7,
    transports: ["usb"],
  });
});

test("a credential with a toJSON that fails, or that forgets extensions, is converted", async () => {
  const { clientExtensionResults, ...members } = RESPONSE;
  const forgetful = { ...CREDENTIAL, toJSON: () => ({ ...members, clientExtensionResults: {} }) };
  const failing = {
    ...CREDENTIAL,
    toJSON() {
      throw new TypeError("Illegal invocation");
    },
  };
  for (const credential of [forgetful, failing]) {
    const done = authenticate(OPTIONS);
    await pause();
    last().resolve(credential);
    assert.deepEqual(await done, { ...members, clientExtensionResults });
  }
});

test("every error of the browser has a code", async () => {
  for (const [name, code] of [
    ["NotAllowedError", "not-allowed"],
    ["InvalidStateError", "already-registered"],
    ["SecurityError", "wrong-site"],
    ["NotSupportedError", "unsupported"],
    ["ConstraintError", "constraint"],
    ["OperationError", "unknown"],
  ]) {
    const done = register(OPTIONS);
    await pause();
    last().reject(name);
    await assert.rejects(done, { name: "PasskeyError", code });
  }
  const done = authenticate(OPTIONS);
  await pause();
  last().reject("InvalidStateError");
  await assert.rejects(done, { code: "unknown" });
});

test("a call can be aborted", async () => {
  const controller = new AbortController();
  const done = authenticate(OPTIONS, { signal: controller.signal });
  await pause();
  controller.abort(new Error("any reason"));
  await assert.rejects(done, { code: "aborted" });
  await assert.rejects(authenticate(OPTIONS, { signal: controller.signal }), { code: "aborted" });
});

test("a new call waits until the call before it has ended", async () => {
  const first = assert.rejects(register(OPTIONS), { code: "aborted" });
  await pause();
  const second = authenticate(OPTIONS);
  await first;
  await pause();
  last().resolve(CREDENTIAL);
  assert.deepEqual(await second, RESPONSE);
});

test("the options of an offer are fetched again before they expire", async () => {
  seen = offered({ validFor: 0.1 });
  await pause(50);
  assert.equal(seen.starts, 1);
  await pause(80);
  assert.equal(seen.starts, 2);
  assert.equal(last().mediation, "conditional");
});

test("a button interrupts the offer until it fails", async () => {
  seen = offered();
  await pause();
  const done = assert.rejects(authenticate(OPTIONS), { code: "not-allowed" });
  await pause();
  assert.deepEqual([calls.length, last().mediation, seen.starts], [2, undefined, 1]);
  last().reject("NotAllowedError");
  await done;
  await pause();
  assert.deepEqual([calls.length, last().mediation, seen.starts], [3, "conditional", 2]);
});

test("after a button has succeeded, the page decides whether the offer continues", async () => {
  seen = offered();
  await pause();
  const done = authenticate(OPTIONS);
  await pause();
  last().resolve(CREDENTIAL);
  await done;
  await pause();
  assert.equal(seen.starts, 1);
  seen.offer.resume();
  await pause();
  assert.equal(seen.starts, 2);
});

test("if two buttons are pressed, only the last call matters", async () => {
  seen = offered();
  await pause();
  const first = assert.rejects(register(OPTIONS), { code: "aborted" });
  await pause();
  const second = authenticate(OPTIONS);
  await first;
  await pause();
  assert.deepEqual([last().name, last().mediation, seen.starts], ["get", undefined, 1]);
  last().resolve(CREDENTIAL);
  await second;
});

test("passkeys are offered again if the server rejects one", async () => {
  let rejections = 1;
  seen = offered({
    async finish() {
      if (rejections-- > 0) throw new Error("rejected");
    },
  });
  await pause();
  last().resolve(CREDENTIAL);
  await pause();
  assert.deepEqual([seen.starts, seen.errors.length], [2, 1]);
  last().resolve(CREDENTIAL);
  await pause();
  assert.deepEqual([seen.starts, seen.errors.length], [2, 1]);
});

test("passkeys are offered again if the user closes the dialog, but not if a call fails at once", async () => {
  seen = offered();
  await pause(1100);
  last().reject("NotAllowedError");
  await pause();
  assert.equal(calls.length, 2);
  last().reject("NotAllowedError");
  await pause();
  assert.equal(calls.length, 2);
  assert.deepEqual(seen.errors.map((error) => error.code), ["not-allowed", "not-allowed"]);
});

test("an offer that was stopped does not continue", async () => {
  seen = offered();
  await pause();
  seen.offer.stop();
  seen.offer.resume();
  await pause();
  assert.deepEqual([seen.starts, last().ended], [1, true]);
});

test("signals that the browser does not have are ignored", async () => {
  const sent = [];
  PublicKeyCredential.signalUnknownCredential = async (options) => sent.push(options);
  PublicKeyCredential.signalAllAcceptedCredentials = async () => Promise.reject(new Error("expected in this test"));
  const message = "not a signal";
  await sendSignals({ allAcceptedCredentials: {}, unknownCredential: { rpId: "x" }, message });
  await sendSignals({ currentUserDetails: {} });
  assert.deepEqual(sent, [{ rpId: "x" }]);
});

test("a browser without WebAuthn is unsupported", async () => {
  assert.equal((await capabilities()).conditionalGet, true);
  delete globalThis.PublicKeyCredential;
  assert.deepEqual(await capabilities(), { webauthn: false });
  await assert.rejects(register(OPTIONS), { code: "unsupported" });
});
