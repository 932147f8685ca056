//! `src/guide/storage.md` quotes the files in `sql/` exactly.

#[test]
fn the_document_quotes_the_files() {
    let document = include_str!("../../../../src/guide/storage.md");
    let mut blocks = document.split("```sql\n").skip(1).map(|rest| rest.split("```").next());
    for file in [
        include_str!("../../sql/sqlite.sql"),
        include_str!("../../sql/postgresql.sql"),
        include_str!("../../sql/statements.sql"),
    ] {
        assert_eq!(blocks.next(), Some(Some(file)));
    }
    assert_eq!(blocks.next(), None);
}
