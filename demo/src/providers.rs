//! The names of well-known passkey providers and security keys, by AAGUID.
//!
//! The list only helps users to recognize their passkeys. Any authenticator can send any AAGUID, so
//! a name proves nothing without attestation. The complete lists are the community's list of
//! passkey providers and the FIDO metadata.

use webauthn_verify::parse::Aaguid;

/// Returns the name of the provider with this AAGUID.
pub fn name(aaguid: Aaguid) -> Option<&'static str> {
    let text = aaguid.to_string();
    let found = NAMES.binary_search_by(|(known, _)| (*known).cmp(&text)).ok()?;
    NAMES.get(found).map(|(_, name)| *name)
}

/// Sorted by AAGUID.
const NAMES: [(&str, &str); 32] = [
    ("01020304-0506-0708-0102-030405060708", "Chromium's virtual authenticator"),
    ("08987058-cadc-4b81-b6e1-30de50dcbe96", "Windows Hello"),
    ("0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", "Keeper"),
    ("149a2021-8ef6-4133-96b8-81f8d5b7f1f5", "Security Key NFC by Yubico"),
    ("2fc0579f-8113-47ea-b116-bb5a8db9202a", "YubiKey 5 with NFC"),
    ("42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3", "Google Titan Security Key"),
    ("50726f74-6f6e-5061-7373-50726f746f6e", "Proton Pass"),
    ("531126d6-e717-415c-9320-3d9aa6981239", "Dashlane"),
    ("53414d53-554e-4700-0000-000000000000", "Samsung Pass"),
    ("6028b017-b1d4-4c02-b4b3-afcdafc96bb2", "Windows Hello"),
    ("6d44ba9b-f6ec-2e49-b930-0c8fe920cb73", "Security Key NFC by Yubico"),
    ("771b48fd-d3d4-4f74-9232-fc157ab0507a", "Edge on Mac"),
    ("9ddd1817-af5a-4672-a2b9-3e3dd95000a9", "Windows Hello"),
    ("adce0002-35bc-c60a-648b-0b25f1f05503", "Chrome on Mac"),
    ("b5397666-4885-aa6b-cebf-e52262a439a2", "Chromium Browser"),
    ("b78a0a55-6ef8-d246-a042-ba0f6d55050c", "LastPass"),
    ("b84e4048-15dc-4dd0-8640-f4f60813c8af", "NordPass"),
    ("bada5566-a7aa-401f-bd96-45619a55120d", "1Password"),
    ("c5ef55ff-ad9a-4b9f-b580-adebafe026d0", "YubiKey 5Ci"),
    ("cb69481e-8ff7-4039-93ec-0a2729a154a8", "YubiKey 5"),
    ("d3452668-01fd-4c12-926c-83a4204853aa", "Microsoft Password Manager"),
    ("d548826e-79b4-db40-a3d8-11116f7e8349", "Bitwarden"),
    ("d8522d9f-575b-4866-88a9-ba99fa02f35b", "YubiKey Bio"),
    ("dd4ec289-e01d-41c9-bb89-70fa845d4bf2", "iCloud Keychain (managed)"),
    ("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "Google Password Manager"),
    ("eaecdef2-1c31-5634-8639-f1cbd9c00a08", "KeePassDX"),
    ("ee882879-721c-4913-9775-3dfcce97072a", "YubiKey 5"),
    ("f3809540-7f14-49c1-a8b3-8f813b225541", "Enpass"),
    ("f8a011f3-8c0a-4d15-8006-17111f9edc7d", "Security Key by Yubico"),
    ("fa2b99dc-9e39-4257-8f92-4a30d23c4118", "YubiKey 5 with NFC"),
    ("fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "Apple Passwords"),
    ("fdb141b2-5d84-443e-8a35-4698c205a502", "KeePassXC"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aaguid_is_well_formed_and_found() {
        for (text, name) in NAMES {
            let aaguid: Aaguid = text.parse().unwrap();
            assert_eq!(aaguid.to_string(), text);
            assert_eq!(super::name(aaguid), Some(name));
        }
    }

    #[test]
    fn the_list_is_sorted_and_has_no_duplicates() {
        assert!(NAMES.is_sorted_by(|(first, _), (second, _)| first < second));
    }

    #[test]
    fn an_unknown_provider_has_no_name() {
        assert_eq!(name(Aaguid::ZERO), None);
    }
}
