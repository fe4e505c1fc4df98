//! Pictures, from the file to the letter.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

use crate::project::{ISSUE, MAY, Project, SETTINGS, files};

/// A location, as a camera records it.
const PLACE: &[u8] = b"GPS-55.6761N";

fn png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.write_image(image, image.width(), image.height(), ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn plain(width: u32, height: u32) -> Vec<u8> {
    png(&RgbImage::from_pixel(width, height, Rgb([30, 120, 60])))
}

/// Noise, which cannot be compressed.
fn noise(width: u32, height: u32, mut seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [.., red, green, blue] = seed.to_be_bytes();
        Rgb([red, green, blue])
    })
}

fn photo() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.add_app_segment(1, [b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", PLACE].concat()).unwrap();
    encoder.encode(&[90, 120, 60].repeat(2000 * 40), 2000, 40, ColorType::Rgb).unwrap();
    bytes
}

fn project(name: &str, body: &str) -> Project {
    Project::new(name).file(MAY, ISSUE.replace("Der er nyt.", body))
}

/// The parts of a letter with this beginning, decoded.
fn parts(letter: &str, kind: &str) -> Vec<Vec<u8>> {
    let parts = letter.split("\r\n--=_").filter(|part| part.contains(&format!("Content-Type: {kind}\r\n")));
    let decoded = parts.map(|part| {
        let (_, body) = part.split_once("\r\n\r\n").unwrap();
        let digits: String = body.lines().take_while(|line| !line.is_empty()).collect();
        STANDARD.decode(digits).unwrap()
    });
    decoded.collect()
}

#[test]
fn a_letter_contains_each_picture_once_without_its_location() {
    let body = "![Et gult hus](foto.jpg)\n\n![Et gult hus igen](kopi.jpg)\n\n![](streg.png){alt=\"\"}";
    let project = project("pictures-once", body)
        .file("issues/foto.jpg", photo())
        .file("issues/kopi.jpg", photo())
        .file("issues/streg.png", plain(40, 4));
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let letter = &project.outbox()["anna@a.example"];
    let [photo] = parts(letter, "image/jpeg").try_into().unwrap();
    assert_eq!(parts(letter, "image/png"), [plain(40, 4)]);
    assert!(!photo.windows(PLACE.len()).any(|window| window == PLACE));
    assert_eq!(image::load_from_memory(&photo).unwrap().width(), 1072);
    let text = "[Billede: Et gult hus]\r\n\r\n[Billede: Et gult hus igen]\r\n\r\n=2D--";
    assert!(letter.contains(text), "{letter}");
}

#[test]
fn a_picture_is_scaled_once_and_again_where_what_was_kept_is_damaged() {
    let project = project("pictures-kept", "![Et gult hus](foto.jpg)").file("issues/foto.jpg", photo());
    let check = || assert_eq!(project.run("check issues/maj.md").status, 0);
    check();
    let [kept] = files(&project.path(".newsletter/pictures")).try_into().unwrap();
    let kept = project.path(".newsletter/pictures").join(kept);
    let whole = fs::read(&kept).unwrap();
    let written = fs::metadata(&kept).unwrap().modified().unwrap();
    check();
    assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), written);
    for damaged in [&whole[..whole.len() - 1], b"jpg x 1 1 1\n", b"", &[&b"x"[..], &whole].concat()] {
        fs::write(&kept, damaged).unwrap();
        check();
        assert!(fs::read(&kept).unwrap() == whole);
    }
    fs::remove_dir_all(project.path(".newsletter/pictures")).unwrap();
    fs::write(project.path(".newsletter/pictures"), "").unwrap();
    check();
}

#[test]
fn public_pictures_are_in_a_folder_and_not_in_the_letter() {
    let project = project("pictures-public", "![Et gult hus](foto.jpg)").file("issues/foto.jpg", photo());
    project.write("newsletter.yaml", format!("{SETTINGS}public_url: https://forening.example/nyt/\n"));
    let output = project.run("preview issues/maj.md --out shown");
    let reported =
        "1 new picture in public/: upload the folder, so that readers find it at https://forening.example/nyt\n";
    assert_eq!((output.status, output.stderr.as_str()), (0, reported));
    let [name] = files(&project.path("public")).try_into().unwrap();
    let html = project.read("shown/members.da.html");
    assert!(html.contains(&format!("src=\"{name}\"")) && !html.contains("forening.example/nyt/"), "{html}");
    assert!(project.path(&format!("shown/{name}")).exists());
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let letter = project.outbox()["anna@a.example"].replace("=\r\n", "").replace("=2E", ".");
    assert!(letter.contains(&format!("https://forening.example/nyt/{name}")) && !letter.contains("image/jpeg"));
}

#[test]
fn a_logo_and_an_image_above_the_text_are_embedded() {
    let front = "image: {file: top.png, alt: {da: Byen set fra havnen}}\ndate:";
    let project = Project::new("pictures-framed")
        .file(MAY, ISSUE.replace("date:", front))
        .file("issues/top.png", plain(1200, 20))
        .file("art/logo.png", plain(640, 20));
    project.write("newsletter.yaml", format!("{SETTINGS}brand: {{logo: art/logo.png}}\n"));
    assert_eq!(project.run("preview issues/maj.md --out shown").stderr, "");
    let html = project.read("shown/members.da.html");
    assert!(html.contains("alt=\"Nyt fra foreningen\" width=\"160\""), "{html}");
    assert!(html.contains("alt=\"Byen set fra havnen\" width=\"600\""), "{html}");
    assert!(project.read("shown/members.da.txt").contains("[Billede: Byen set fra havnen]\n"));
    let widths = files(&project.path("shown")).into_iter().filter(|file| file.ends_with("png"));
    let widths: Vec<u32> =
        widths.map(|file| image::open(project.path(&format!("shown/{file}"))).unwrap().width()).collect();
    assert!(widths.contains(&320) && widths.contains(&1200), "{widths:?}");
    project.write("newsletter.yaml", format!("{SETTINGS}brand: {{logo: art/Logo.png}}\n"));
    let output = project.run("check issues/maj.md");
    assert!(
        output.stderr.contains("newsletter.yaml:4:") && output.stderr.contains("did you mean `logo.png`?"),
        "{output:?}"
    );
}

#[test]
fn composed_and_decomposed_file_names_are_equal() {
    let body = "![Åen i byen](%C3%A5en.png)\n\n![Åen i byen](åen.png)\n\n![Byen](billeder/min by.png)";
    let project = project("pictures-names", &body.replace("billeder/min by.png", "<billeder/min by.png>"))
        .file("issues/a\u{30a}en.png", plain(30, 4))
        .file("issues/billeder/min by.png", plain(30, 8));
    let output = project.run("preview issues/maj.md --out shown");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
}

#[test]
fn too_many_bytes_of_pictures_are_an_error() {
    let picture = |at: u32| format!("![Støj nummer {at}](stoej-{at}.png)\n\n");
    for (name, count, status, reported) in [
        ("pictures-heavy", 3, 0, "warning[NL541]: the pictures of this letter have 1"),
        ("pictures-too-heavy", 21, 3, "error[NL542]: the pictures of this letter have 7"),
    ] {
        let mut project = project(name, &(0..count).map(picture).collect::<Vec<_>>().concat());
        for at in 0..count {
            project = project.file(&format!("issues/stoej-{at}.png"), png(&noise(344, 340, at)));
        }
        let output = project.run("check issues/maj.md");
        assert!(output.status == status && output.stderr.contains(reported), "{output:?}");
        assert!(output.stderr.contains("the largest is `stoej-"), "{output:?}");
    }
}

#[test]
fn the_caption_of_a_picture_in_a_link_is_in_its_letters() {
    let picture = "![Et gult hus](https://a.example/a.jpg \"Foto: Bo\"){width=300}";
    let project = project("pictures-linked", &format!("[{picture}](https://a.example/hus)"));
    let checked = project.run(&format!("check {MAY}"));
    assert!(!checked.stderr.contains("NL664"), "{}", checked.stderr);
    project.run(&format!("send {MAY} --yes"));
    assert!(project.outbox().values().all(|letter| letter.matches("Foto: Bo").count() == 2));
}

#[test]
fn a_path_with_backslashes_is_answered_with_slashes() {
    let project = Project::new("pictures-backslash")
        .file("issues/billeder/havn.png", plain(40, 40))
        .file("issues/bilag/tal.csv", "by;antal\nAarhus;3\n")
        .file("issues/bilag/dagsorden.pdf", "%PDF-1.4\n");
    project.edit(MAY, "audiences:", "attachments: ['bilag\\dagsorden.pdf']\naudiences:");
    project.edit(MAY, "Der er nyt.", "![Havnen](billeder\\havn.png)\n\n::: table bilag\\tal.csv\n:::\n");
    let found = project.run("--lang da check issues/maj.md").stderr;
    for path in ["billeder/havn.png", "bilag/tal.csv", "bilag/dagsorden.pdf"] {
        assert!(found.contains(&format!("hjælp: skriv `{path}` med `/` mellem mapper\n")), "{path}: {found}");
    }
}
