//! Seeds of the target `authenticator_data`.

use webauthn_verify_authenticator::{AuthenticatorDataBuilder, flag};
use webauthn_verify_fuzz::site;

use super::common::{AAGUID, algorithm_of, keys};
use super::seeds::{Result, Seeds};

const CREDENTIAL_ID: [u8; 16] = *b"a credential ID.";

pub fn add_to(seeds: &mut Seeds) -> Result<()> {
    const UP: u8 = flag::USER_PRESENT | flag::USER_VERIFIED;
    const AT: u8 = flag::ATTESTED_CREDENTIAL_DATA;
    const ED: u8 = flag::EXTENSION_DATA;
    // { "credProtect": 2, "hmac-secret": true }, and a map with every type of CBOR that is allowed.
    let extensions = b"\xa2\x6bcredProtect\x02\x6bhmac-secret\xf5";
    let various = b"\xa3\x61a\x84\x20\x19\x01\x00\x41\xff\xf6\x61b\xa2\x00\xf4\x20\x60\x62zz\x1b\
                    \xff\xff\xff\xff\xff\xff\xff\xff";
    let plain = |flags| AuthenticatorDataBuilder::new(site::RP_ID, flags, 7);
    let with_key =
        |flags, key: &[u8]| plain(flags).attested_credential_data(&AAGUID, &CREDENTIAL_ID, key);
    let mut add = |name: &str, builder: AuthenticatorDataBuilder| {
        seeds.add("authenticator_data", name, builder.build());
    };
    add("login", plain(UP));
    add("login-all-flags", plain(0x3f));
    add("login-extensions", plain(UP | ED).extensions(extensions));
    add("login-extensions-various", plain(UP | ED).extensions(various));
    add("login-extensions-empty", plain(UP | ED).extensions(b"\xa0"));
    add("flag-without-extensions", plain(UP | ED));
    add("flag-without-credential", plain(UP | AT));
    add("extensions-without-flag", plain(UP).extensions(extensions));
    add("extensions-not-map", plain(UP | ED).extensions(b"\x80"));
    add("extensions-not-text", plain(UP | ED).extensions(b"\xa1\x01\x02"));
    add("extensions-not-canonical", plain(UP | ED).extensions(b"\xa2\x61b\x01\x61a\x02"));
    add("extensions-twice", plain(UP | ED).extensions(b"\xa2\x61a\x01\x61a\x02"));
    let deep = [b"\xa1\x61a", &b"\x81".repeat(7)[..], b"\x00"].concat();
    add("extensions-depth-8", plain(UP | ED).extensions(&deep));
    let deep = [b"\xa1\x61a", &b"\x81".repeat(8)[..], b"\x00"].concat();
    add("extensions-depth-9", plain(UP | ED).extensions(&deep));
    for key in keys()? {
        let (name, key) = (algorithm_of(&key)?.as_str(), key.cose_key()?);
        if key.len() < 400 {
            add(name, with_key(UP | AT, &key)?);
        }
        if key.len() < 200 {
            let both = with_key(UP | AT | ED, &key)?.extensions(extensions);
            add(&format!("{name}-extensions"), both);
        }
    }
    add("key-not-a-map", with_key(UP | AT, b"\x00")?);
    add("key-not-canonical", with_key(UP | AT, b"\xa2\x03\x26\x01\x02")?);
    let no_id = plain(UP | AT).attested_credential_data(&AAGUID, &[], b"\xa0")?;
    add("empty-credential-id", no_id);
    let long = plain(UP | AT).attested_credential_data(&AAGUID, &[1; 1024], b"\xa0")?;
    add("long-credential-id", long);
    Ok(())
}
