use crate::base::language::Lang;
use crate::edition::colour::Colour;
use crate::feedback::pages::sender::{PageBrand, PageLogo};
use crate::feedback::pages::{LeftNewsletters, PageOptions, UnsubscribePages};
use crate::issue::series::SeriesId;
use crate::people::person::Address;

fn series(id: &str) -> SeriesId {
    SeriesId::parse(id).unwrap()
}

fn brand(name: &str) -> PageBrand {
    PageBrand {
        name: name.into(),
        colour: Colour::DEFAULT,
        font: "Georgia, 'Times New Roman', serif".into(),
        logo: None,
    }
}

/// The pages of a newsletter with these series.
fn pages(names: &[&str]) -> UnsubscribePages {
    UnsubscribePages::new(&PageOptions {
        newsletter: brand("Foreningens <nyt>"),
        series: names.iter().map(|name| (series(name), brand(&name.to_uppercase()))).collect(),
        contact: Address::parse("kontakt@forening.example").unwrap(),
        marker: "0123456789abcdef".into(),
    })
}

#[test]
fn a_newsletter_without_series_has_only_a_button() {
    for page in [pages(&[]).button(Lang::default(), None), pages(&["drift", "nyt"]).static_button(Lang::default())] {
        assert_eq!(page.html.matches("<button").count(), 1);
        assert!(!page.html.contains("<input"), "{}", page.html);
        for text in ["<h1>Afmeld Foreningens &lt;nyt&gt;</h1>", "<p>Tryk på knappen, så er du afmeldt.</p>"] {
            assert!(page.html.contains(text), "{text}: {}", page.html);
        }
    }
}

#[test]
fn the_choices_follow_from_the_link_and_the_series() {
    let (one, two) = (pages(&["drift"]), pages(&["drift", "nyt"]));
    let (drift, gone) = (series("drift"), series("gone"));
    for (pages, series, values) in [
        (&one, None, vec![]),
        (&one, Some(&drift), vec!["series", "everything"]),
        (&two, None, vec!["everything", "choose", "drift", "nyt"]),
        (&two, Some(&drift), vec!["series", "everything", "choose", "drift", "nyt"]),
        // A series that the settings no longer have cannot be named.
        (&two, Some(&gone), vec!["everything", "choose", "drift", "nyt"]),
    ] {
        let html = pages.button(Lang::default(), series).html;
        let found: Vec<&str> = html.split("value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(found, values, "{series:?}");
        assert_eq!(html.matches(" checked>").count(), usize::from(!values.is_empty()), "{html}");
    }
}

#[test]
fn the_second_page_says_what_was_left() {
    let pages = pages(&["drift", "nyt", "kurser"]);
    for (left, expected) in [
        (LeftNewsletters::Everything, "Du får ikke længere nyhedsbreve fra os."),
        (LeftNewsletters::Series(vec![series("drift")]), "Du får ikke længere DRIFT."),
        (
            LeftNewsletters::Series(["drift", "nyt", "kurser"].map(series).into()),
            "Du får ikke længere DRIFT, NYT og KURSER.",
        ),
        (LeftNewsletters::Series(vec![series("gone")]), "Vi har modtaget din afmelding."),
        (LeftNewsletters::Series(Vec::new()), "Du har beholdt alle nyhedsbreve, så intet er ændret."),
        (LeftNewsletters::OfLink, "Vi har modtaget din afmelding."),
        (LeftNewsletters::Test, "Linket er fra en prøvemail, så ingen er afmeldt."),
    ] {
        let html = pages.left(Lang::default(), None, &left).html;
        assert!(html.contains(&format!("<p>{expected}</p>")), "{left:?}: {html}");
        assert!(!html.contains("<form"), "{html}");
    }
}

#[test]
fn a_page_asks_no_server_and_runs_nothing() {
    let logo = PageLogo { media_type: "image/png", bytes: b"\x89PNG".to_vec(), width: 180 };
    let mut options = PageOptions {
        newsletter: PageBrand { logo: Some(logo), ..brand("Nyt") },
        series: Vec::new(),
        contact: Address::parse("kontakt@forening.example").unwrap(),
        marker: "0123456789abcdef".into(),
    };
    options.series.push((series("drift"), brand("Drift")));
    let pages = UnsubscribePages::new(&options);
    for lang in Lang::ALL {
        for page in [
            pages.button(lang, None),
            pages.button(lang, Some(&series("drift"))),
            pages.static_button(lang),
            pages.left(lang, None, &LeftNewsletters::Everything),
            pages.not_recorded(lang),
            pages.broken_link(lang),
        ] {
            assert!(page.html.starts_with(&format!("<!doctype html>\n<html lang=\"{lang}\">")), "{}", page.html);
            assert!(page.html.contains("content=\"0123456789abcdef\""), "{}", page.html);
            for foreign in ["http:", "https:", "<script", "<link", "url(", "@import", "{{", "{%", "<iframe"] {
                assert!(!page.html.contains(foreign), "{foreign}: {}", page.html);
            }
            assert!(page.policy.starts_with("default-src 'none'; style-src 'sha256-"), "{}", page.policy);
        }
    }
    assert!(pages.button(Lang::default(), None).html.contains("src=\"data:image/png;base64,iVBORw==\""));
}
