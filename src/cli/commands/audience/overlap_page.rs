//! The overlaps of audiences as an HTML page.

use crate::base::language::Lang;
use crate::base::message::{UserLanguage, message};
use crate::cli::commands::audience::counts::AudienceCounts;

/// A page with a bar per audience, and a table in which the shade of a cell is the share of the row that is in the column.
pub(super) fn page(name: &str, counts: &AudienceCounts<'_>, language: UserLanguage) -> String {
    let heads: Vec<String> = counts.audiences.iter().map(|audience| escaped(audience.id.as_str())).collect();
    let heads = heads.join("</th><th scope=\"col\">");
    let rows: String = (0..counts.audiences.len()).map(|at| row(counts, at)).collect();
    let title = escaped(name);
    let heading = message!("Audiences: {title}", "Målgrupper: {title}");
    let explained = message!(
        "Each row shows how many of its members are also in the audience of the column; darker cells are a larger share.",
        "Hver række viser, hvor mange af dens medlemmer der også er i kolonnens målgruppe; jo mørkere felt, jo større andel."
    );
    let members = message!("members", "medlemmer");
    let [heading, explained, members] = [&heading, &explained, &members].map(|text| text.in_language(language));
    let lang = Lang::of_user(language).tag();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{heading}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n\
         <p>{explained}</p>\n\
         <table>\n<thead><tr><th></th><th scope=\"col\">{members}</th><th scope=\"col\">{heads}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n</body>\n</html>\n"
    )
}

fn row(counts: &AudienceCounts<'_>, at: usize) -> String {
    let largest = (0..counts.audiences.len()).map(|at| counts.shared[at][at]).max().unwrap_or(0);
    let (audience, members) = (counts.audiences[at], counts.shared[at][at]);
    let others = counts.shared[at].iter().enumerate();
    let cells: String =
        others
            .map(|(other, _)| {
                if other == at { "<td class=\"own\"></td>".to_owned() } else { cell(counts.shared[at][other], members) }
            })
            .collect();
    format!(
        "<tr><th scope=\"row\">{}<small>{}</small></th><td class=\"bar\"><i style=\"width:{}%\"></i><b>{members}</b></td>{cells}</tr>\n",
        escaped(&audience.name),
        escaped(audience.id.as_str()),
        percent(members, largest),
    )
}

fn cell(shared: usize, members: usize) -> String {
    let percent = percent(shared, members);
    let class = if percent > 55 { " class=\"dark\"" } else { "" };
    format!("<td{class} style=\"background:rgb(0 82 136/{percent}%)\" title=\"{percent} %\">{shared}</td>")
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(0)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a2430}
h1{font-size:1.5rem}
table{border-collapse:separate;border-spacing:3px;font-variant-numeric:tabular-nums}
th{font-weight:600;text-align:left;padding:.35rem .6rem}
th small{display:block;font-weight:400;color:#5a6775}
thead th{font-size:.85rem;color:#5a6775;text-align:center}
td{text-align:center;padding:.35rem .6rem;min-width:3.5rem;border-radius:3px}
td.own{background:#eef1f4}
td.dark{color:#fff}
td.bar{position:relative;min-width:9rem;text-align:left;background:#eef1f4}
td.bar i{position:absolute;inset:0 auto 0 0;background:#9cc3de;border-radius:3px}
td.bar b{position:relative}
";
