// Rows about attestation: which statement the browser passes on, and what the site stores of it.
import { NotPossible, words } from "../tester.mjs";

export const theme = "Attestation";

/** Returns the format and the proof that the site shows for the newest passkey. */
function stored(t) {
  const select = "SELECT attestation FROM credentials ORDER BY rowid DESC LIMIT 1";
  const text = t.site.sql(select);
  if (text === undefined) throw new NotPossible("sqlite3 is not installed");
  const { format, proves } = JSON.parse(text);
  return `${format}, proves: ${proves}`;
}

function row(name, attestation, changes, expect, more = {}) {
  const { capture, ...others } = more;
  return {
    name,
    expect,
    ...others,
    async run(t) {
      await t.authenticator(changes);
      const outcome = await t.register({ name: "Alice", attestation }, { capture });
      return words(outcome) === "accepted" ? stored(t) : words(outcome);
    },
  };
}

// The virtual authenticators of Chromium have a certificate. Those of Firefox sign with the new
// key.
const PACKED = { chromium: "packed, proves: uncertain", firefox: "packed, proves: Self" };

/** Returns the format of the statement in a response. */
function formatOf({ response }) {
  const { attestationObject } = JSON.parse(response).response;
  const bytes = Buffer.from(attestationObject, "base64url").toString("latin1");
  // The map has "fmt" as its first or as a later key; a text follows it.
  return /fmt(?:[\x60-\x77])([a-z0-9-]+?)(?=gattStmt|hauthData)/.exec(bytes)?.[1] ?? "unknown";
}

export const rows = [
  row("none requested", "none", {}, "none, proves: None"),
  row("direct, internal", "direct", {}, PACKED, { capture: "attestation-internal" }),
  row(
    "direct, usb", "direct", { transport: "usb" }, PACKED,
    { capture: "attestation-usb", quick: true },
  ),
  row("indirect, usb", "indirect", { transport: "usb" }, PACKED),
  row("enterprise, usb", "enterprise", { transport: "usb" }, PACKED),
  {
    name: "direct, U2F, as an experiment",
    quick: true,
    why: { firefox: "its virtual authenticators know only this format" },
    expect: { chromium: "fido-u2f, accepted", firefox: "packed, accepted" },
    async run(t) {
      await t.u2f();
      const settings = { userVerification: "discouraged", residentKey: "discouraged" };
      const outcome = await t.lab("registration", { attestation: "direct", ...settings }, {
        capture: "attestation-u2f",
      });
      return outcome.response ? `${formatOf(outcome)}, ${words(outcome)}` : words(outcome);
    },
  },
];
