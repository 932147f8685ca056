//! The README is correct.

use std::path::Path;

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_code_in_the_readme_is_the_example() {
    let example = file("examples/register_and_login.rs");
    assert!(file("README.md").contains(&format!("```rust\n{example}```")));
}

#[test]
fn both_ceremonies_take_at_most_40_lines() {
    let example = file("examples/register_and_login.rs");
    let code = example.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//"));
    let lines = code.count();
    println!("both ceremonies: {lines} lines of code");
    assert!(lines <= 40, "{lines} lines");
}

#[test]
fn the_readme_takes_two_minutes_to_read() {
    let readme = file("README.md");
    // Every second part is code.
    let text: String = readme.split("```").step_by(2).collect();
    let lines = text.lines().filter(|line| !line.starts_with('|'));
    let words = lines.flat_map(str::split_whitespace).count();
    println!("{words} words outside code and tables");
    assert!((300..=800).contains(&words), "{words} words outside code and tables");
}

#[test]
fn the_readme_begins_with_the_two_main_commands() {
    let readme = file("README.md");
    let commands = readme.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let commands: Vec<&str> = commands.lines().collect();
    assert_eq!(
        commands,
        ["cargo run --release -p webauthn-verify-demo", "cargo test --workspace --all-features"]
    );
}

#[test]
fn the_readme_names_every_algorithm_format_and_feature() {
    let readme = file("README.md");
    for algorithm in webauthn_verify::Algorithm::ALL {
        let named = format!("({})", algorithm.cose_id());
        assert!(readme.contains(algorithm.as_str()), "{algorithm}");
        assert!(
            readme.contains(&named) || readme.contains(&format!("({},", algorithm.cose_id())),
            "{named}"
        );
    }
    for format in ["none", "packed", "tpm", "fido-u2f"] {
        assert!(readme.contains(&format!("`{format}`")), "{format}");
    }
    let manifest = file("Cargo.toml");
    let features = manifest.split("[features]").nth(1).unwrap().split("\n[").next().unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    for feature in names.filter(|name| *name != "default") {
        assert!(readme.contains(&format!("| `{feature}` |")), "{feature}");
    }
}
