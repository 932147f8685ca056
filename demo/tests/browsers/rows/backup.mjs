// Rows about the backup flags: whether a passkey may be synced, and whether it is.
import { NotPossible, words } from "../tester.mjs";

export const theme = "Backup";

/** Adds an authenticator whose passkeys have these flags, and creates an account. */
async function register(t, eligible, backedUp, capture) {
  const id = await t.authenticator({
    defaultBackupEligibility: eligible,
    defaultBackupState: backedUp,
  });
  const outcome = await t.register({ name: "Alice" }, { capture });
  if (words(outcome) !== "accepted") throw new Error(words(outcome));
  const flags = flagsOf(outcome);
  if (flags.eligible !== eligible || flags.backedUp !== backedUp) {
    throw new NotPossible("its virtual authenticators have no backup flags");
  }
  return id;
}

function flagsOf({ response }) {
  const { authenticatorData } = JSON.parse(response).response;
  const flags = Buffer.from(authenticatorData, "base64url")[32];
  return { eligible: (flags & 0x08) !== 0, backedUp: (flags & 0x10) !== 0 };
}

const NO_FLAGS = "not possible: its virtual authenticators have no backup flags";

/** Makes a row that registers with the first flags and signs in with the second ones. */
function row(name, before, after, expect, more = {}) {
  const { key, reject, ...others } = more;
  return {
    name,
    expect: { chromium: expect, firefox: NO_FLAGS },
    ...others,
    async run(t) {
      // This ends the row in a browser without backup flags.
      if (t.name === "firefox") await register(t, YES, YES);
      const id = await register(t, ...before, key && `${key}/registration`);
      if (after !== before) {
        const { credentialId } = await t.onlyCredential(id);
        const [backupEligibility, backupState] = after;
        await t.browser.setProperties(id, credentialId, { backupEligibility, backupState });
      }
      await t.visit(t.site);
      const login = await t.signIn({}, {
        capture: key && `${key}/login`,
        ...(reject && { expect: { reject } }),
      });
      return words(login);
    },
  };
}

const [NO, YES] = [false, true];
const CHANGED = { reject: "BackupEligibilityChanged" };

export const rows = [
  {
    name: "not eligible for backup",
    expect: "accepted",
    async run(t) {
      await register(t, NO, NO);
      await t.visit(t.site);
      return words(await t.signIn());
    },
  },
  row("eligible, not backed up", [YES, NO], [YES, NO], "accepted", { key: "backup-eligible" }),
  row("eligible and backed up", [YES, YES], [YES, YES], "accepted", {
    key: "backed-up",
    quick: true,
  }),
  row("backed up after the registration", [YES, NO], [YES, YES], "accepted", {
    key: "backup-begins",
  }),
  row("backup ends after the registration", [YES, YES], [YES, NO], "accepted", {
    key: "backup-ends",
  }),
  row(
    "becomes eligible after the registration", [NO, NO], [YES, NO],
    "refused at authentication step 19.2", { key: "eligibility-gained", quick: true, ...CHANGED },
  ),
  row(
    "eligibility lost after the registration", [YES, NO], [NO, NO],
    "refused at authentication step 19.1", { key: "eligibility-lost", ...CHANGED },
  ),
];
