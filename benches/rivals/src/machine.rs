//! Describes the machine, the compiler and the versions of the contenders, which the figures depend
//! on.

use std::fs;
use std::thread::available_parallelism;

use crate::contest::Fault;

const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));

/// Returns the model of the processor, the number of cores, and the compiler with its settings.
pub(crate) fn description() -> Result<String, Fault> {
    let info = fs::read_to_string("/proc/cpuinfo")?;
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let (_, model) = model.ok_or("/proc/cpuinfo names no model")?;
    let cores = available_parallelism()?;
    let compiler = env!("RUSTC_VERSION");
    Ok(format!("{model}, {cores} cores; {compiler}, fat LTO, no target-cpu{}", openssl()))
}

/// Returns the version of the OpenSSL library, which is not in the lock file.
fn openssl() -> String {
    #[cfg(feature = "openssl")]
    let version = format!("; {}", openssl::version::version());
    #[cfg(not(feature = "openssl"))]
    let version = String::new();
    version
}

/// Returns the name of a dependency of this package with its version in the lock file.
pub(crate) fn versioned(name: &str) -> Result<String, Fault> {
    // If the lock file has only one version, the list of dependencies does not name it.
    let dependency = package(env!("CARGO_PKG_NAME"))
        .and_then(|lines| lines.lines().find_map(|line| dependency(line, name)))
        .ok_or_else(|| format!("{name} is not a dependency"))?;
    let version = match dependency {
        "" => package(name).and_then(|lines| lines.lines().find_map(version)),
        version => Some(version),
    };
    let version = version.ok_or_else(|| format!("{name} has no version"))?;
    Ok(format!("{name} {version}"))
}

/// Returns the entry of the first package with this name in the lock file.
fn package(name: &str) -> Option<&'static str> {
    let header = format!("name = \"{name}\"\n");
    LOCK.split("[[package]]\n").find(|lines| lines.starts_with(&header))
}

fn version(line: &str) -> Option<&str> {
    line.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Returns the version in the line ` "name version",`, or an empty string if the line has none.
/// Returns `None` if the line has another name.
fn dependency<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let entry = line.strip_prefix(" \"")?.strip_suffix("\",")?;
    let (found, version) = entry.split_once(' ').unwrap_or((entry, ""));
    (found == name).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_that_this_package_depends_on() {
        assert!(versioned("webauthn-verify").unwrap().starts_with("webauthn-verify 0."));
        // The lock file has other versions for webauthn_rp.
        assert!(versioned("p256").unwrap().starts_with("p256 0.14."));
        assert!(versioned("rsa").unwrap().starts_with("rsa 0.10."));
        // A dependency of a dependency.
        assert_eq!(
            versioned("aws-lc-sys").unwrap_err().to_string(),
            "aws-lc-sys is not a dependency"
        );
    }
}
