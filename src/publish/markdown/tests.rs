use super::*;
use crate::publish::article::reader::{self, ArticleHead};

fn jekyll(html: &str) -> String {
    let head = ArticleHead { subject: "Emne", description: "", lang: "da" };
    write(&reader::read(html, head).blocks, MarkdownDialect::Jekyll)
}

#[test]
fn signs_of_markup_and_of_liquid_are_text() {
    for (html, markdown) in [
        ("<p>a_b * c | $5 [x] `y`</p>", "a\\_b \\* c \\| \\$5 \\[x\\] \\`y\\`\n"),
        ("<p>{{ navn }} og {% raw %}</p>", "&#123;&#123; navn &#125;&#125; og &#123;% raw %&#125;\n"),
        ("<p>1986. Et år</p>", "1986\\. Et år\n"),
        ("<p>a) et<br># to<br>- tre<br>: fire</p>", "a\\) et  \n\\# to  \n\\- tre  \n\\: fire\n"),
        ("<p>A &amp; B &amp;amp; &lt;b&gt; --to</p>", "A & B &amp;amp; &lt;b&gt; -\\-to\n"),
        ("<p>Nu!<a href=\"https://a.example/(x)\">Her</a></p>", "Nu\\![Her](https://a.example/%28x%29)\n"),
        ("<p><code>{{ x }}</code> <code>a b</code></p>", "<code>&#123;&#123; x &#125;&#125;</code> `a b`\n"),
        ("<pre><code>{% if %}\n\nx</code></pre>", "<pre><code>&#123;% if %&#125;\n&#32;\nx</code></pre>\n"),
        ("<h2>C#</h2>", "## C\\#\n"),
        ("<p>Tak. Og iv. er fire<br>iv. fire</p>", "Tak. Og iv. er fire  \niv\\. fire\n"),
    ] {
        assert_eq!(jekyll(html), markdown, "{html}");
    }
}

#[test]
fn stress_between_letters_is_an_element() {
    assert_eq!(jekyll("<p><b>Frist:</b>1. maj</p>"), "<strong>Frist:</strong>1. maj\n");
    assert_eq!(jekyll("<p>Et <b> fedt </b>ord</p>"), "Et **fedt** ord\n");
    assert_eq!(jekyll("<p><b>a</b><i>b</i></p>"), "**a**<em>b</em>\n");
}

#[test]
fn blocks_are_read_as_blocks() {
    let html = "<ul><li>Et<ul><li>To</li></ul></li><li>Tre</li></ul><ul><li>Ny liste</li></ul>\
                <blockquote><p>Sagt</p><p>— Anna</p></blockquote>\
                <table><tr><th>A</th><th align=\"right\">B</th></tr><tr><td>1<br>2</td><td>3</td></tr></table>\
                <figure><img src=\"assets/a.png\" alt=\"Kort\" width=\"72\"><figcaption>Foto: Bo</figcaption></figure>\
                <div lang=\"en\"><p>Hi</p></div>";
    let markdown = "- Et\n  - To\n- Tre\n\n<!-- -->\n\n- Ny liste\n\n> Sagt\n>\n> — Anna\n\n\
                    | A | B |\n| --- | ---: |\n| 1<br>2 | 3 |\n\n\
                    ![Kort]({{ '/assets/a.png' | relative_url }}){: width=\"72\"}\n\n*Foto: Bo*\n\n\
                    <div markdown=\"1\" lang=\"en\">\n\nHi\n\n</div>\n";
    assert_eq!(jekyll(html), markdown);
}
