// The captured responses, in the format of test-vectors/README.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class Captures {
  #cases = [];
  #records = new Map();

  constructor(browserName, version) {
    this.browserName = browserName;
    this.version = version;
  }

  /** Keeps the response of a ceremony as a case, if it has a name. */
  add({ at: site, authenticatorText }, ceremony, outcome, { name, expect }) {
    const { publicKey, mediation } = outcome.options;
    const response = JSON.parse(outcome.response);
    const accepted = outcome.status === 200;
    const extensions = { ...publicKey.extensions };
    const { appid } = extensions;
    delete extensions.appid;
    const one = {
      name,
      source: `${this.version}, ${authenticatorText}`,
      ceremony,
      rp_id: site.rpId,
      origins: [site.origin],
      now: `${new Date().toISOString().slice(0, 19)}Z`,
      challenge: publicKey.challenge,
      ...(site.topOrigins && { top_origins: site.topOrigins }),
      ...(mediation && { mediation }),
      ...(Object.keys(extensions).length > 0 && { extensions }),
      ...(appid && { appid }),
    };
    if (ceremony === "registration") {
      one.user_verification = publicKey.authenticatorSelection?.userVerification;
      one.user_handle = publicKey.user.id;
      one.algorithms = publicKey.pubKeyCredParams.map(({ alg }) => alg);
      one.exclude = publicKey.excludeCredentials?.map(({ id }) => id);
      if (accepted) this.#records.set(response.id, recordOf(response, publicKey.user.id));
    } else {
      one.user_verification = publicKey.userVerification;
      const record = this.#records.get(response.id);
      one.credential = { ...record };
      if (accepted && record) Object.assign(record, stateOf(response));
    }
    if (!name) return;
    one.response = response;
    one.expect = expect || (accepted ? "accept" : "reject");
    this.#cases.push(one);
  }

  /** Writes the cases as a file of this folder. Returns its path. */
  write(folder) {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${this.browserName}.json`);
    const source = `${this.version} with virtual authenticators, by scripts/test-browsers`;
    // Each case is a line, so the file is small.
    const cases = this.#cases.map((one) => JSON.stringify(one)).join(",\n");
    const head = `{"format":1,"source":${JSON.stringify(source)},"cases":[`;
    writeFileSync(path, `${head}\n${cases}\n]}\n`);
    return path;
  }
}

/** Returns the record of a new credential. */
function recordOf({ id, response }, userHandle) {
  return {
    id,
    public_key: coseKey(response),
    user_handle: userHandle,
    ...stateOf({ response }),
  };
}

/** Returns the counter and the backup flags of the authenticator data. */
function stateOf({ response }) {
  const data = Buffer.from(response.authenticatorData, "base64url");
  const flags = data[32];
  return {
    sign_count: data.readUInt32BE(33),
    backup_eligible: (flags & 0x08) !== 0,
    backup_state: (flags & 0x10) !== 0,
  };
}

/** Returns the COSE form of a public key, with numbers from the other form. */
function coseKey({ publicKey, publicKeyAlgorithm }) {
  const bytes = Buffer.from(publicKey, "base64url");
  const parts = {
    // EdDSA with Ed25519.
    [-8]: ["a4010103272006215820", bytes.subarray(-32)],
    // ES256 with P-256.
    [-7]: ["a5010203262001215820", bytes.subarray(-64, -32), "225820", bytes.subarray(-32)],
    // RS256 with a modulus of 256 bytes, and the exponent 65537 after it.
    [-257]: ["a401030339010020590100", bytes.subarray(-261, -5), "2143010001"],
  }[publicKeyAlgorithm];
  return Buffer.concat(parts.map((part) => Buffer.from(part, "hex"))).toString("base64url");
}
