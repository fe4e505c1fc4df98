//! The named lists of a project, which several audiences use.

use std::collections::BTreeMap;

use crate::audience::list_keys::{self, DeclaredMapping};
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;
use crate::people::lists::list_source::ListSource;

const UNKNOWN: Code = Code("NL272");

/// The named lists of a project.
#[derive(Clone, Debug, Default)]
pub struct NamedLists(BTreeMap<String, NamedList>);

/// A list, and how its columns become fields.
#[derive(Clone, Debug)]
pub(super) struct NamedList {
    pub(super) source: Spanned<ListSource>,
    pub(super) columns: Vec<DeclaredMapping>,
}

impl NamedLists {
    /// Reads the lists under a key: each is a path, or the keys of `people` in an audience's file together with `columns`
    /// and `lists`.
    pub fn read(mut fields: MappingReader<'_, '_>) -> Self {
        let source = fields.source();
        let mut lists = BTreeMap::new();
        for (key, node) in fields.rest() {
            let place = node.place(source);
            let list = if matches!(node.kind, NodeKind::Mapping(_)) {
                let Some(mut group) =
                    MappingReader::new(source, node, &message!("a list", "en liste"), fields.diagnostics())
                else {
                    continue;
                };
                let columns = list_keys::columns(&mut group);
                let list = list_keys::source_of(&mut group, &place);
                group.finish();
                list.map(|value| NamedList { source: Spanned { value, place }, columns })
            } else {
                let path = node.text(source, &key.value, fields.diagnostics());
                path.map(|path| NamedList { source: path.map(ListSource::file), columns: Vec::new() })
            };
            lists.extend(list.map(|list| (key.value.clone(), list)));
        }
        Self(lists)
    }

    /// The list of this name; an unknown name is reported.
    pub(super) fn find(&self, name: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<&NamedList> {
        let list = self.0.get(&name.value);
        if list.is_none() {
            let known = self.0.keys().map(String::as_str);
            let unknown =
                Diagnostic::unknown(UNKNOWN, message!("list", "liste"), &name.value, known).at(name.place.clone());
            diagnostics.push(unknown.or_hint(message!(
                "write it under lists: in newsletter.yaml",
                "skriv den under lists: i newsletter.yaml"
            )));
        }
        list
    }
}
