//! `audience`: who is in which audience, and why.

use crate::project::{MAY, Project};

const LIST: &str = "email;fornavn;rolle;paused;produktrelation\n\
    anna@a.example;Anna;IT-chef;;Bruger|Styregruppe\n\
    bo@b.example;Bo;it-chef;true;\n\
    cia@c.example;Cia;Koordinator;;Kontaktperson\n\
    =dan@d.example;=1+1;Koordinator;;\n";

fn project(name: &str) -> Project {
    let lists = "people: people/alle.csv\nlists: {produktrelation: \"|\"}\n";
    let project = Project::empty(&format!("audiences-{name}"))
        .file("newsletter.yaml", crate::project::SETTINGS)
        .file("people/alle.csv", LIST)
        .file(
            "audiences/chiefs.yaml",
            format!("name: IT-chefer\n{lists}where: {{rolle: IT-chef, not: {{paused: true}}}}\n"),
        )
        .file(
            "audiences/coordinators.yaml",
            format!("{lists}where: \"rolle == 'Koordinator'\"\nrecipients: [eva@e.example]\n"),
        )
        .file("audiences/members.yaml", "name: Alle\ninclude: [chiefs, coordinators]\nexclude: [suppliers]\n")
        .file("audiences/suppliers.yaml", "name: Leverandører\nrecipients: [eva@e.example, fie@f.example]\n");
    project.file(MAY, crate::project::ISSUE)
}

#[test]
fn audiences_are_counted_with_their_overlaps() {
    let project = project("list");
    let output = project.run("audience list --html overlaps.html");
    let expected = "    audience      members  also in  1  2  3  4\n \
        1  chiefs              1           ·  0  1  0  IT-chefer\n \
        2  coordinators        3           0  ·  2  1\n \
        3  members             3           1  2  ·  0  Alle\n \
        4  suppliers           2           0  1  0  ·  Leverandører\n\
        people/alle.csv: 1 of 4 people is in no audience\n";
    assert_eq!((output.status, output.stdout.as_str()), (0, expected));
    let page = project.read("overlaps.html");
    assert!(page.contains("<th scope=\"row\">Leverandører<small>suppliers</small></th>"), "{page}");
    let output = project.run("audience list --json").stdout;
    let first = "{\"audience\":\"chiefs\",\"name\":\"IT-chefer\",\"members\":1,\
        \"suppressed\":0,\"overlaps\":{\"coordinators\":0,\"members\":1,\"suppliers\":0}}\n";
    assert!(output.starts_with(first), "{output}");
}

#[test]
fn members_are_shown_as_a_table_and_as_csv() {
    let project = project("show");
    let output = project.run("audience show coordinators --limit 2");
    let table = "email           first_name  name  produktrelation  rolle\n\
        cia@c.example   Cia         Cia   Kontaktperson    Koordinator\n\
        =dan@d.example  =1+1        =1+1                   Koordinator\n\
        1 to 2 of 3 members; next page: --offset 2\n";
    assert_eq!(output.stdout, table);
    let output = project.run("audience show coordinators --csv=comma --offset 1");
    let csv = "email,lang,first_name,name,rolle\n'=dan@d.example,,'=1+1,'=1+1,Koordinator\neva@e.example,,,,\n";
    assert_eq!(output.stdout, csv);
    let output = project.run("audience show coordinators --csv --offset 1");
    assert_eq!(output.stdout, format!("\u{feff}{}", csv.replace(',', ";")));
    let output = project.run("audience show chiefs --json");
    let json = "{\"email\":\"anna@a.example\",\"lang\":null,\"fields\":{\"first_name\":\"Anna\",\"name\":\"Anna\",\
        \"produktrelation\":[\"Bruger\",\"Styregruppe\"],\"rolle\":\"IT-chef\"},\"origin\":\"people/alle.csv:2\"}\n";
    assert_eq!(output.stdout, json);
    project.run("audience show chief").fails_with(3, "unknown audience `chief`: did you mean `chiefs`?");
}

#[test]
fn an_address_is_explained_by_the_lines_that_decide() {
    let project = project("explain");
    let explained = |address: &str| project.run(&format!("audience explain {address}")).stdout;
    let nowhere = "none of its lists has this address";
    assert_eq!(
        explained("Anna@A.example"),
        format!(
            "Anna@a.example\n  chiefs        in   people/alle.csv:2\n  \
            coordinators  out  people/alle.csv:2: the rule does not match (audiences/coordinators.yaml:3)\n  \
            members       in   people/alle.csv:2, in chiefs, which audiences/members.yaml:2 includes\n  \
            suppliers     out  {nowhere}\n  people/alle.csv:2: no consent is recorded\n"
        )
    );
    let bo = explained("bo@b.example");
    assert!(
        bo.contains(
            "chiefs        out  people/alle.csv:3: paused is true, which `not` excludes (audiences/chiefs.yaml:4)\n"
        ),
        "{bo}"
    );
    let cia = explained("cia@c.example");
    assert!(
        cia.contains(
            "chiefs        out  people/alle.csv:4: rolle is Koordinator, expected IT-chef (audiences/chiefs.yaml:4)\n"
        ),
        "{cia}"
    );
    let eva = explained("eva@e.example");
    assert!(eva.contains("members       out  in suppliers, which audiences/members.yaml:3 excludes\n"), "{eva}");
    assert!(explained("ingen@x.example").contains(&format!("chiefs        out  {nowhere}\n")));
    let output = project.run("audience explain anna@a.example --issue issues/maj.md").stdout;
    assert!(output.ends_with("issues/maj.md: edition members.da\n"), "{output}");
    let output = project.run("audience explain bo@b.example --issue issues/maj.md").stdout;
    assert!(output.ends_with("issues/maj.md: no letter\n"), "{output}");
    let output = project.run("audience explain anna@a.example --json").stdout;
    let line =
        "{\"address\":\"anna@a.example\",\"audience\":\"chiefs\",\"member\":true,\"because\":\"people/alle.csv:2\"}\n";
    assert!(output.starts_with(line), "{output}");
    project.run("audience explain anna").fails_with(3, "anna: the address has no @");
}

#[test]
fn explain_names_exclude_within_and_sample() {
    let project = project("within").file("audiences/pilot.yaml", "include: [members]\nwithin: [chiefs]\nsample: 50%\n");
    project.write("audiences/few.yaml", "name: Få\ninclude: [members]\nsample: 1\n");
    let explained = |address: &str| project.run(&format!("audience explain {address}")).stdout;
    let cia = explained("cia@c.example");
    assert!(cia.contains("pilot         out  not in chiefs, which audiences/pilot.yaml:2 requires\n"), "{cia}");
    assert!(explained("anna@a.example").contains("pilot         in   people/alle.csv:2, in chiefs, which"));
    let reported = "few           out  not in the sample of 1 by audiences/few.yaml:3\n";
    let addresses = ["anna@a.example", "cia@c.example", "=dan@d.example"];
    assert_eq!(addresses.iter().filter(|address| explained(address).contains(reported)).count(), 2);
    let drawn = project.run("audience show few --csv").stdout;
    let list = std::fs::read_to_string(project.path("people/alle.csv")).unwrap();
    let (header, rows) = list.split_once('\n').unwrap();
    let turned: Vec<&str> = rows.lines().rev().collect();
    project.write("people/alle.csv", format!("{header}\n{}\n", turned.join("\n")));
    assert_eq!(project.run("audience show few --csv").stdout, drawn);
}

#[test]
fn a_named_rule_serves_several_audiences() {
    let project =
        project("rules").file("audiences/both.yaml", "people: people/alle.csv\nwhere: {rule: [chefer, styring]}\n");
    let rules = "rules:\n  chefer: {rolle: it-chef}\n  styring: \"'Styregruppe' in produktrelation\"\n  \
        aktive: {rule: chefer, not: {paused: true}}\n";
    project.write("newsletter.yaml", format!("{}{rules}", crate::project::SETTINGS));
    project.write("audiences/chiefs.yaml", "people: people/alle.csv\nwhere: {rule: aktive}\n");
    project.write("audiences/rest.yaml", "people: people/alle.csv\nwhere: \"not rules.chefer and not paused\"\n");
    project.write("audiences/not.yaml", "people: people/alle.csv\nwhere: {not: {rule: chefer}}\n");
    let explained = |address: &str| project.run(&format!("audience explain {address}")).stdout;
    let bo = explained("bo@b.example");
    for reported in [
        "both          in   people/alle.csv:3\n",
        "chiefs        out  people/alle.csv:3: paused is true, which `not` excludes (newsletter.yaml:7)\n",
        "rest          out  people/alle.csv:3: the rule does not match (audiences/rest.yaml:2)\n",
        "not           out  people/alle.csv:3: the rule chefer matches, which `not` excludes (audiences/not.yaml:2)\n",
    ] {
        assert!(bo.contains(reported), "{bo}");
    }
    let cia = explained("cia@c.example");
    for reported in [
        "both          out  people/alle.csv:4: none of the rules chefer, styring matches (audiences/both.yaml:2)\n",
        "chiefs        out  people/alle.csv:4: rolle is Koordinator, expected it-chef (newsletter.yaml:5)\n",
        "rest          in   people/alle.csv:4\n",
    ] {
        assert!(cia.contains(reported), "{cia}");
    }
    assert!(explained("anna@a.example").contains("rest          out  people/alle.csv:2: the rule does not match"));
    project.edit("newsletter.yaml", "{rolle: it-chef}", "{roller: it-chef}");
    let reported = project.run("audience list").stderr;
    assert!(reported.contains("error[NL243]: unknown field `roller`, for audiences/not.yaml:2"), "{reported}");
    assert!(reported.contains("= help: did you mean `rolle`?"), "{reported}");
}

#[test]
fn two_lists_and_two_revisions_are_compared() {
    let project = project("diff").variable("PATH", "/usr/bin:/bin");
    project.write("people/ny.csv", "email;fornavn\nanna@a.example;Anne\nbo@b.example;Bo\ngry@g.example;Gry\n");
    project.write("people/gammel.csv", "email;fornavn\nanna@a.example;Anna\nbo@b.example;Bo\ncia@c.example;Cia\n");
    let output = project.run("audience diff people/gammel.csv people/ny.csv --people");
    let reported =
        "3 members; 1 added, 1 removed, 1 changed\n  + gry@g.example\n  - cia@c.example\n  ~ anna@a.example\n";
    assert_eq!((output.status, output.stdout.as_str()), (0, reported));
    project.git("init -q");
    project.git("add newsletter.yaml audiences");
    project.git("commit -qm one");
    project.edit("audiences/members.yaml", "exclude: [suppliers]", "");
    let output = project.run("audience diff HEAD .").stdout;
    assert!(output.contains("chiefs: 1 member; 0 added, 0 removed, 0 changed\n"), "{output}");
    assert!(output.contains("members: 4 members; 1 added, 0 removed, 0 changed\n"), "{output}");
    let reported = "HAED is neither a list of people nor a Git revision of this project";
    project.run("audience diff HAED .").fails_with(3, reported);
}

#[test]
fn suppressed_members_are_counted_and_marked() {
    let project = crate::project::Project::new("suppressed-members");
    assert_eq!(project.run("unsubscribe bo@b.example").status, 0);
    let listed = project.run("audience list").stdout;
    assert!(listed.ends_with("members: 1 member suppressed: see `newsletter suppression list`\n"), "{listed}");
    assert!(project.run("audience list --json").stdout.contains("\"members\":3,\"suppressed\":1,"));
    let shown = project.run("audience show members").stdout;
    let expected = "email           first_name  name\n\
        anna@a.example  Anna        Anna\n\
        bo@b.example    Bo          Bo    suppressed: unsubscribed\n\
        carl@c.example  Carl        Carl\n\
        3 members, 1 of them suppressed: see `newsletter suppression list`\n";
    assert_eq!(shown, expected);
    let output = project.run("audience show members --csv=comma");
    assert!(!output.stdout.contains("unsubscribed"), "{}", output.stdout);
    assert_eq!(output.stderr, "1 member of this list suppressed: see `newsletter suppression list`\n");
}

/// A board's letter must not go to all members because the hint names the only audience there is.
#[test]
fn an_unknown_audience_is_only_mistaken_for_one_that_may_be_meant() {
    let project = Project::new("audiences-unknown");
    project.edit("audiences/members.yaml", "name: members", "name: Medlemmer");
    for (typed, hint) in [
        ("bestyrelsen", "only `members` is known here; a new audience needs a file of its own, bestyrelsen.yaml"),
        ("Medlemmer", "Medlemmer is the audience `members`: write `members`"),
        ("membres", "did you mean `members`?"),
    ] {
        project.write(MAY, crate::project::ISSUE.replace("[members]", &format!("[{typed}]")));
        let reported = project.run("check").stderr;
        assert!(reported.contains(&format!("unknown audience `{typed}`")), "{reported}");
        assert!(reported.contains(&format!("= help: {hint}\n")), "{reported}");
    }
    project
        .run("audience show medlemmer")
        .fails_with(3, "unknown audience `medlemmer`: Medlemmer is the audience `members`: write `members`");
}

#[test]
fn a_comparison_that_is_not_an_expression_is_answered_with_fields() {
    let project = project("comparison");
    let check = |rule: &str| {
        let audience = format!("people: people/alle.csv\nwhere: {rule}\n");
        project.write("audiences/coordinators.yaml", audience);
        project.run("--lang da check issues/maj.md").stderr
    };
    let found = check("rolle = Koordinator");
    assert!(found.contains("fejl[NL232]: ugyldigt udtryk: uventet: tekst efter udtrykket\n"), "{found}");
    assert!(found.contains("hjælp: skriv where: {rolle: Koordinator}\n"), "{found}");
    let found = check("\"rolle == 'Koordinator' og paused\"");
    assert!(found.contains("hjælp: skriv `and`, `or` og `not`\n"), "{found}");
    let found = check("\"rolle | stor == 'KOORDINATOR'\"");
    assert!(found.contains("der er intet filter `stor`\n"), "{found}");
}
