//! The known TPM manufacturers.

/// The vendor identifiers of the TCG TPM Vendor ID Registry, Family 1.2 and 2.0, version 1.08 of 20
/// July 2026 (<https://trustedcomputinggroup.org/resource/vendor-id-registry/>), from the table of
/// the TPM capabilities vendor IDs, in the order of the registry. These are the values of
/// TPM_PT_MANUFACTURER, with up to four letters.
const REGISTERED: [[u8; 4]; 30] = [
    *b"AMD\0", // AMD
    *b"ANT\0", // Ant Group
    *b"ARM\0", // Arm
    *b"ATML",  // Atmel
    *b"BRCM",  // Broadcom
    *b"CSCO",  // Cisco
    *b"FLYS",  // Flyslice Technologies
    *b"ROCC",  // Fuzhou Rockchip
    *b"GOOG",  // Google
    *b"HPI\0", // HPI
    *b"HPE\0", // HPE
    *b"HISI",  // Huawei
    *b"IBM\0", // IBM
    *b"IFX\0", // Infineon
    *b"INTC",  // Intel
    *b"LEN\0", // Lenovo
    *b"MSFT",  // Microsoft
    *b"NSM ",  // National Semiconductor
    *b"NTZ\0", // Nationz
    *b"NSG\0", // NSING
    *b"NTC\0", // Nuvoton Technology
    *b"QCOM",  // Qualcomm
    *b"SMSN",  // Samsung
    *b"SECE",  // SecEdge
    *b"SNS\0", // Sinosun
    *b"SMSC",  // SMSC
    *b"STM ",  // STMicroelectronics
    *b"TXN\0", // Texas Instruments
    *b"WEC\0", // Winbond
    *b"SEAL",  // Wisekey
];

/// The identifier in the certificates of the FIDO conformance tools, which is not in the registry.
/// A test with these tools also requires trust in the root certificate that they include.
const FIDO_CONFORMANCE: [u8; 4] = [0xff, 0xff, 0xf1, 0xd0];

/// Returns whether a manufacturer with this identifier is known.
pub(super) fn is_known(identifier: [u8; 4]) -> bool {
    REGISTERED.contains(&identifier) || identifier == FIDO_CONFORMANCE
}
