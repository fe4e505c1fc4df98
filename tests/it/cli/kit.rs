//! `export ISSUE --to kit`: the package of an issue for those who share it.

use std::fs;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::project::{ISSUE, MAY, Project, SETTINGS, files};

const KIT: &str = "export issues/maj.md --to kit";
const PICTURE: &[u8] = include_bytes!("../../cases/bad-input/i60-no-alt/issues/kort.png");
const BODY: &str = "\
Vi åbner **et nyt hus**.

![Huset set fra gaden](hus.png)
*Foto: Bo Lund*

::: only members
Kun medlemmerne får at vide, at kontingentet falder til foråret.
:::

::: event Åbent hus
tid: 21. januar 2027 kl. 9.30
:::
";

fn project(name: &str) -> Project {
    let issue = ISSUE.replace("date:", "archive: public\ndate:").replace("Der er nyt.\n", BODY);
    Project::new(name)
        .file("newsletter.yaml", format!("{SETTINGS}archive_url: https://nyt.forening.example/{{issue}}\n"))
        .file(MAY, issue)
        .file("issues/hus.png", PICTURE)
}

#[test]
fn a_package_has_texts_pictures_and_a_page_on_how_to_use_them() {
    let project = project("kit-all");
    project.run(KIT).succeeds_with("maj/  8 files\nmaj.zip  the same\n1 package in DIR/export/kit\n");
    let written = files(&project.path("export/kit"));
    assert_eq!(
        written,
        [
            ".newsletter-export.json",
            "maj.zip",
            "maj/BILLEDER.txt",
            "maj/LÆS-MIG.html",
            "maj/hus.png",
            "maj/linkedin-maj.txt",
            "maj/maj.html",
            "maj/maj.ics",
            "maj/maj.md",
            "maj/maj.txt"
        ]
    );
    let listed = "hus.png\n  Alternativ tekst: Huset set fra gaden\n  Billedtekst: Foto: Bo Lund\n";
    assert_eq!(project.read("export/kit/maj/BILLEDER.txt"), listed);
    assert!(project.read("export/kit/maj/maj.md").starts_with("# Nyt i maj\n\n"));
    assert!(project.read("export/kit/maj/maj.html").contains("src=\"hus.png\""));
    let readme = project.read("export/kit/maj/LÆS-MIG.html");
    for there in [
        "<html lang=\"da\">",
        "<h1>Sådan deler du nyheden</h1>",
        "<p class=\"sender\">Nyt fra foreningen</p>",
        "<a href=\"linkedin-maj.txt\">linkedin-maj.txt</a>",
        "<a href=\"maj.ics\">maj.ics</a>",
        "Billedtekst: Foto: Bo Lund",
        "<a href=\"https://nyt.forening.example/maj/\">",
        "<a href=\"mailto:nyt@forening.example\">",
    ] {
        assert!(readme.contains(there), "{there}: {readme}");
    }
    for file in written.iter().filter(|file| !file.ends_with("png")) {
        let text = String::from_utf8_lossy(&fs::read(project.path("export/kit").join(file)).unwrap()).into_owned();
        assert!(!text.contains("kontingentet") && !text.contains("anna@a.example"), "{file}");
    }
}

#[test]
fn the_zip_file_has_the_same_files_and_the_same_bytes_each_time() {
    let project = project("kit-zip");
    assert_eq!(project.run(KIT).status, 0);
    let bytes = fs::read(project.path("export/kit/maj.zip")).unwrap();
    assert_eq!(project.run(&format!("{KIT} --out again")).status, 0);
    assert!(bytes == fs::read(project.path("again/maj.zip")).unwrap());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut packed = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let name = file.name().unwrap().into_owned();
        assert!(content == fs::read(project.path("export/kit").join(&name)).unwrap(), "{name}");
        packed.push(name);
    }
    let written = files(&project.path("export/kit"));
    assert_eq!(packed, written.into_iter().filter(|file| file.starts_with("maj/")).collect::<Vec<_>>());
}

#[test]
fn a_package_has_the_sender_of_its_series_and_only_public_issues() {
    let project = project("kit-series");
    let settings = project.read("newsletter.yaml");
    let series =
        "series:\n  os2forms: {name: Nyt om OS2forms, from: OS2forms <forms@forening.example>, audiences: [members]}\n";
    project.write("newsletter.yaml", format!("{settings}{series}"));
    project.edit(MAY, "archive: public", "series: os2forms\narchive: public");
    let output = project.run(KIT);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let readme = project.read("export/kit/maj/LÆS-MIG.html");
    assert!(readme.contains("<p class=\"sender\">Nyt om OS2forms</p>"), "{readme}");
    assert!(readme.contains("mailto:forms@forening.example"), "{readme}");
    project.edit(MAY, "archive: public", "archive: members");
    let output = project.run(KIT);
    assert!(
        output.status == 3 && output.stderr.contains("has `archive: members`, so it is not exported"),
        "{}",
        output.stderr
    );
}
