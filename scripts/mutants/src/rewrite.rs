//! Rewrites the text of a source file so that every mutant in it can be chosen at run time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::mutant::{Kind, Mutant};

/// A place in a source file that has mutants.
pub(crate) struct Place {
    /// The code that is written anew: an expression, or an empty range where code is added.
    range: Range<usize>,
    form: Form,
    /// Whether the place is in the body of a `const fn` with this name.
    constant: Option<String>,
    /// The mutants, by their number in the list.
    mutants: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An expression, which a mutant replaces.
    Expression,
    /// The start of a body, where a mutant returns early.
    Body,
    /// The end of a pattern without a guard, where a mutant adds a guard that is false.
    Pattern,
    /// A guard, which a mutant that deletes the arm replaces by `false`.
    Guard,
    /// A whole `match` with deleted arms. Its code stays the same.
    Match,
}

/// A source file with its places.
pub(crate) struct Source {
    text: String,
    places: Vec<Place>,
    /// The keyword `const` of every function, with the name of the function.
    constants: Vec<(Range<usize>, String)>,
    /// Mutants that cannot be chosen at run time.
    pub(crate) not_chosen: Vec<usize>,
}

/// The rewritten text of a file, and where the mutants are in it.
#[derive(Default)]
pub(crate) struct Rewritten {
    pub(crate) text: String,
    /// The code of each mutant.
    pub(crate) arms: Vec<(Range<usize>, usize)>,
    /// Each place, with its mutants.
    pub(crate) places: Vec<(Range<usize>, Vec<usize>)>,
    /// Each `match` with deleted arms, with the mutants that delete them.
    pub(crate) matches: Vec<(Range<usize>, Vec<usize>)>,
}

impl Source {
    pub(crate) fn new(text: String, mutants: &[(usize, &Mutant)]) -> syn::Result<Source> {
        let wanted = mutants
            .iter()
            .map(|(index, mutant)| {
                let range = mutant.range(&text);
                ((mutant.kind as u8, range.start, range.end), *index)
            })
            .fold(BTreeMap::<_, Vec<usize>>::new(), |mut wanted, (key, index)| {
                wanted.entry(key).or_default().push(index);
                wanted
            });
        let file = syn::parse_file(&text)?;
        let mut finder =
            Finder { wanted, places: Vec::new(), constants: Vec::new(), constant: None };
        finder.visit_file(&file);
        let Finder { wanted, mut places, constants, .. } = finder;
        places.sort_by_key(|place| order(&place.range));
        let not_chosen = wanted.into_values().flatten().collect();
        Ok(Source { text, places, constants, not_chosen })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the mutants in the bodies of these `const` functions.
    pub(crate) fn in_constants<'a>(
        &'a self,
        names: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = usize> + 'a {
        let is_kept =
            |place: &&Place| place.constant.as_ref().is_some_and(|name| names.contains(name));
        self.places.iter().filter(is_kept).flat_map(|place| place.mutants.iter().copied())
    }

    /// Whether the file has a `const fn` of this name.
    pub(crate) fn has_constant(&self, name: &str) -> bool {
        self.constants.iter().any(|(_, one)| one == name)
    }

    /// Writes the file with its mutants, and adds the number of each to `number`. Functions lose the
    /// keyword `const`, because a constant cannot choose, except for those named in `constants`.
    pub(crate) fn rewrite(
        &self,
        mutants: &BTreeMap<usize, &Mutant>,
        constants: &BTreeSet<String>,
        number: &mut BTreeMap<usize, u32>,
        is_left_out: impl Fn(usize) -> bool,
    ) -> Rewritten {
        let mut edits: Vec<Edit> = Vec::new();
        for (range, name) in &self.constants {
            if !constants.contains(name) {
                edits.push(Edit { range: range.clone(), place: None });
            }
        }
        for place in &self.places {
            let mutants: Vec<usize> =
                place.mutants.iter().copied().filter(|index| !is_left_out(*index)).collect();
            if !mutants.is_empty() {
                for &index in mutants.iter().filter(|_| place.form != Form::Match) {
                    let next = u32::try_from(number.len()).expect("few mutants") + 1;
                    number.insert(index, next);
                }
                edits.push(Edit { range: place.range.clone(), place: Some((place.form, mutants)) });
            }
        }
        edits.sort_by_key(|edit| order(&edit.range));
        let mut writer = Writer { source: &self.text, mutants, number, out: Rewritten::default() };
        writer.write(0..self.text.len(), &edits);
        writer.out
    }
}

struct Edit {
    range: Range<usize>,
    /// Without a place, the text is left out.
    place: Option<(Form, Vec<usize>)>,
}

/// Orders added code first, and then an outer place before the places in it.
fn order(range: &Range<usize>) -> impl Ord + use<> {
    (range.start, !range.is_empty(), std::cmp::Reverse(range.end))
}

struct Writer<'a> {
    source: &'a str,
    mutants: &'a BTreeMap<usize, &'a Mutant>,
    number: &'a BTreeMap<usize, u32>,
    out: Rewritten,
}

impl Writer<'_> {
    /// Writes a range of the source with the edits in it.
    fn write(&mut self, range: Range<usize>, mut edits: &[Edit]) {
        let mut position = range.start;
        while let Some((edit, rest)) = edits.split_first() {
            self.out.text.push_str(&self.source[position..edit.range.start]);
            let inner = rest.partition_point(|one| one.range.start < edit.range.end);
            let (inner, rest) = rest.split_at(inner);
            if let Some((form, mutants)) = &edit.place {
                let start = self.out.text.len();
                self.write_place(*form, mutants, &edit.range, inner);
                let written = (start..self.out.text.len(), mutants.clone());
                match form {
                    Form::Match => self.out.matches.push(written),
                    _ => self.out.places.push(written),
                }
            }
            position = edit.range.end;
            edits = rest;
        }
        self.out.text.push_str(&self.source[position..range.end]);
    }

    fn write_place(&mut self, form: Form, mutants: &[usize], range: &Range<usize>, inner: &[Edit]) {
        let first = self.number[&mutants[0]];
        let chosen = format!("crate::mutant_choice::chosen({first}, {})", mutants.len());
        let source = self.source;
        match form {
            Form::Match => self.write(range.clone(), inner),
            Form::Body => {
                for index in mutants {
                    let number = self.number[index];
                    self.out.text.push_str(&format!("if {chosen} == {number} {{ return "));
                    self.write_arm(*index, &self.mutants[index].replacement);
                    self.out.text.push_str("; } ");
                }
            }
            Form::Pattern => {
                self.out.text.push_str(" if ");
                self.write_arm(mutants[0], &format!("{chosen} == 0"));
            }
            Form::Expression | Form::Guard => {
                self.out.text.push_str(&format!("(match {chosen} {{ "));
                for index in mutants {
                    let mutant = self.mutants[index];
                    let code = match mutant.kind {
                        Kind::MatchArm => "false".to_owned(),
                        _ => {
                            let changed = mutant.range(source);
                            let (before, after) = (
                                &source[range.start..changed.start],
                                &source[changed.end..range.end],
                            );
                            format!("({before}{}{after})", mutant.replacement)
                        }
                    };
                    self.out.text.push_str(&format!("{} => ", self.number[index]));
                    self.write_arm(*index, &code);
                    self.out.text.push_str(", ");
                }
                self.out.text.push_str("_ => (");
                self.write(range.clone(), inner);
                self.out.text.push_str(") })");
            }
        }
    }

    fn write_arm(&mut self, index: usize, code: &str) {
        let start = self.out.text.len();
        self.out.text.push_str(code);
        self.out.arms.push((start..self.out.text.len(), index));
    }
}

/// Finds the places of the wanted mutants. What it does not visit cannot choose: patterns, types and
/// constants.
struct Finder {
    wanted: BTreeMap<(u8, usize, usize), Vec<usize>>,
    places: Vec<Place>,
    constants: Vec<(Range<usize>, String)>,
    /// The name of the `const fn` around the visited code.
    constant: Option<String>,
}

impl Finder {
    fn find(&mut self, kind: Kind, changed: &Range<usize>) -> Vec<usize> {
        self.wanted.remove(&(kind as u8, changed.start, changed.end)).unwrap_or_default()
    }

    fn add(&mut self, range: Range<usize>, form: Form, mutants: Vec<usize>) {
        if !mutants.is_empty() {
            let constant = self.constant.clone();
            self.places.push(Place { range, form, constant, mutants });
        }
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let outer = self.constant.take();
        if let Some(keyword) = &signature.constness {
            let name = signature.ident.to_string();
            self.constants.push((keyword.span().byte_range(), name.clone()));
            self.constant = Some(name);
        }
        if let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last()) {
            let (start, end) = (first.span().byte_range().start, last.span().byte_range().end);
            if !returns_impl(&signature.output) {
                let mutants = self.find(Kind::FnValue, &(start..end));
                self.add(start..start, Form::Body, mutants);
            }
        }
        visit::visit_block(self, block);
        self.constant = outer;
    }
}

/// Whether the type of the returned value is only known from the body. Then a body has only one type.
fn returns_impl(output: &syn::ReturnType) -> bool {
    struct FindImpl(bool);
    impl Visit<'_> for FindImpl {
        fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut find = FindImpl(false);
    find.visit_return_type(output);
    find.0
}

impl<'a> Visit<'a> for Finder {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_expr_binary(&mut self, expr: &'a syn::ExprBinary) {
        // The operator of `if let … && …` separates conditions, which are not one expression.
        if !has_let(&expr.left) && !has_let(&expr.right) {
            let mutants = self.find(Kind::BinaryOperator, &expr.op.span().byte_range());
            self.add(expr.span().byte_range(), Form::Expression, mutants);
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_unary(&mut self, expr: &'a syn::ExprUnary) {
        let mutants = self.find(Kind::UnaryOperator, &expr.op.span().byte_range());
        self.add(expr.span().byte_range(), Form::Expression, mutants);
        visit::visit_expr_unary(self, expr);
    }

    fn visit_expr_struct(&mut self, expr: &'a syn::ExprStruct) {
        let mut mutants = Vec::new();
        for pair in expr.fields.pairs() {
            let mut range = pair.value().span().byte_range();
            mutants.extend(self.find(Kind::StructField, &range));
            if let Some(comma) = pair.punct() {
                range.end = comma.span().byte_range().end;
                mutants.extend(self.find(Kind::StructField, &range));
            }
        }
        self.add(expr.span().byte_range(), Form::Expression, mutants);
        visit::visit_expr_struct(self, expr);
    }

    fn visit_expr_match(&mut self, expr: &'a syn::ExprMatch) {
        let before = self.places.len();
        visit::visit_expr_match(self, expr);
        let range = expr.span().byte_range();
        let arms: Vec<usize> = expr
            .arms
            .iter()
            .filter(|arm| arm.guard.is_none())
            .map(|arm| arm.pat.span().byte_range().end)
            .collect();
        let deletions = self.places[before..]
            .iter()
            .filter(|place| place.form == Form::Pattern && arms.contains(&place.range.start))
            .flat_map(|place| place.mutants.iter().copied())
            .collect();
        self.add(range, Form::Match, deletions);
    }

    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        let deletion = self.find(Kind::MatchArm, &arm.span().byte_range());
        match &arm.guard {
            Some(guard) => {
                let range = guard.1.span().byte_range();
                let mut mutants = self.find(Kind::MatchArmGuard, &range);
                mutants.extend(deletion);
                self.add(range, Form::Guard, mutants);
            }
            None => {
                let end = arm.pat.span().byte_range().end;
                self.add(end..end, Form::Pattern, deletion);
            }
        }
        visit::visit_arm(self, arm);
    }

    fn visit_pat(&mut self, _: &'a syn::Pat) {}
    fn visit_type(&mut self, _: &'a syn::Type) {}
    fn visit_item_const(&mut self, _: &'a syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'a syn::ImplItemConst) {}
    fn visit_item_static(&mut self, _: &'a syn::ItemStatic) {}
    fn visit_expr_const(&mut self, _: &'a syn::ExprConst) {}
    fn visit_item_enum(&mut self, _: &'a syn::ItemEnum) {}

    fn visit_expr_repeat(&mut self, expr: &'a syn::ExprRepeat) {
        self.visit_expr(&expr.expr);
    }
}

/// Whether a condition binds names, as in `if let Some(one) = other && …`.
fn has_let(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant(kind: &str, line: usize, columns: (usize, usize), replacement: &str) -> Mutant {
        let position = |column| serde_json::json!({"line": line, "column": column});
        serde_json::from_value(serde_json::json!({
            "name": "", "file": "", "genre": kind, "replacement": replacement,
            "span": {"start": position(columns.0), "end": position(columns.1)},
        }))
        .expect("a mutant")
    }

    fn rewrite(text: &str, mutants: &[Mutant]) -> (String, Vec<usize>) {
        let numbered: Vec<_> = mutants.iter().enumerate().collect();
        let source = Source::new(text.to_owned(), &numbered).expect("Rust");
        let all = numbered.into_iter().collect();
        let rewritten = source.rewrite(&all, &BTreeSet::new(), &mut BTreeMap::new(), |_| false);
        for (range, _) in &rewritten.arms {
            syn::parse_str::<syn::Expr>(&rewritten.text[range.clone()]).expect("an expression");
        }
        (rewritten.text, source.not_chosen)
    }

    #[test]
    fn nested_expressions_have_one_match_each() {
        let text = "fn f(a: u8) -> bool { !(a > 1) }";
        let mutants =
            [mutant("UnaryOperator", 1, (23, 24), ""), mutant("BinaryOperator", 1, (27, 28), "==")];
        let expected = "fn f(a: u8) -> bool { (match crate::mutant_choice::chosen(1, 1) { 1 => ((a > 1)), \
            _ => (!((match crate::mutant_choice::chosen(2, 1) { 2 => (a == 1), _ => (a > 1) }))) }) }";
        assert_eq!(rewrite(text, &mutants), (expected.to_owned(), vec![]));
    }

    #[test]
    fn a_body_returns_early_and_is_no_longer_constant() {
        let text = "const fn f() -> u8 { 3 }";
        let expected =
            " fn f() -> u8 { if crate::mutant_choice::chosen(1, 1) == 1 { return 0; } 3 }";
        assert_eq!(
            rewrite(text, &[mutant("FnValue", 1, (22, 23), "0")]),
            (expected.to_owned(), vec![])
        );
    }

    #[test]
    fn an_arm_gets_a_guard() {
        let text = "fn f(a: u8) { match a { 1 => {} 2 if true => {} _ => {} } }";
        let mutants = [
            mutant("MatchArm", 1, (25, 32), ""),
            mutant("MatchArm", 1, (33, 48), ""),
            mutant("MatchArmGuard", 1, (38, 42), "false"),
        ];
        let expected = "fn f(a: u8) { match a { 1 if crate::mutant_choice::chosen(1, 1) == 0 => {} \
            2 if (match crate::mutant_choice::chosen(2, 2) { 2 => (false), 3 => false, _ => (true) }) => {} \
            _ => {} } }";
        assert_eq!(rewrite(text, &mutants), (expected.to_owned(), vec![]));
    }

    #[test]
    fn a_deleted_field_takes_the_value_of_the_base() {
        let text = "fn f(a: A) -> A { A { b: 1, ..a } }";
        let expected = "fn f(a: A) -> A { (match crate::mutant_choice::chosen(1, 1) { \
            1 => (A {  ..a }), _ => (A { b: 1, ..a }) }) }";
        assert_eq!(
            rewrite(text, &[mutant("StructField", 1, (23, 28), "")]),
            (expected.to_owned(), vec![])
        );
    }

    #[test]
    fn constants_are_not_chosen() {
        let text = "const A: u8 = 1 + 1;\nfn f() -> impl Sized { 1 }";
        let mutants =
            [mutant("BinaryOperator", 1, (17, 18), "-"), mutant("FnValue", 2, (24, 25), "0")];
        assert_eq!(rewrite(text, &mutants), (format!(" {text}").trim().to_owned(), vec![1, 0]));
    }
}
