//! `help`: explains a command, a key, a check, a state or an exit status.

use clap::{Args, Command};
use serde_json::json;

use crate::base::message::{Message, UserLanguage, composed, message};
use crate::base::source::nearest::nearest;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::reference::glossary;
use crate::ops::reference::glossary_entry::GlossaryEntry;
use crate::ops::reference::lookup::{self, Meaning};
use crate::ops::reference::question;

/// Arguments of `help`.
#[derive(Args, Debug)]
pub(crate) struct HelpArgs {
    /// A command, a key such as smtp.port, a check such as NL530, a state such as deferred, an exit status, a block such as card, a
    /// Danish word such as emne, or `handbook`
    #[arg(value_name = "WORD")]
    words: Vec<String>,
}

/// The handbook of those who write, in their language.
const HANDBOOK: &str = include_str!("../../../docs/haandbog.md");
/// What people call it.
const HANDBOOK_WORDS: [&str; 5] = ["handbook", "håndbog", "haandbog", "håndbogen", "vejledning"];

/// The lines about exit statuses of `--help`, in Danish.
const TRANSLATED_STATUSES: [(u8, &str); 9] = [
    (0, "det lykkedes, eller der var intet at gøre"),
    (
        1,
        "færdig, men nogle modtagere blev afvist, er udløbet eller i tvivl; eller `export` beholdt filer, som nogen har \
         ændret; eller `calendar --check` fandt en frist, der er overskredet",
    ),
    (2, "ugyldig kommandolinje"),
    (3, "stoppet: fejl i filer, en kontrol, der fejlede, eller ingen bekræftelse; intet er sendt"),
    (4, "en anden kørsel er i gang"),
    (74, "sendebogen (ledger) eller en anden fil kan ikke skrives"),
    (75, "nogle mails er udsat, eller mailserveren eller IMAP-serveren kan ikke nås: kør igen"),
    (
        77,
        "mailserveren afviste TLS, login eller afsenderen, eller IMAP-serveren TLS eller login; ingen modtager tæller som \
         mislykket",
    ),
    (78, "intet projekt, eller fejl i newsletter.yaml, hemmeligheder eller nøgler"),
];

/// What is known about a word.
struct WordPage {
    /// The word, as it is in the glossary.
    word: String,
    entry: Option<&'static GlossaryEntry>,
    meanings: Vec<Meaning>,
    /// The help of the command.
    command: Option<String>,
}

/// Prints what a word means, or the help of the program.
pub(super) fn run(terminal: &Terminal, args: &HelpArgs, mut program: Command) -> Exit {
    program.build();
    let typed = args.words.join(" ");
    if HANDBOOK_WORDS.contains(&glossary::bare(&typed).as_str()) {
        Terminal::answer(HANDBOOK.trim_end());
        return Exit::Done;
    }
    let found = word_page(&mut program, &typed)
        .or_else(|| question::phrases(&typed).iter().find_map(|phrase| phrase_page(&mut program, phrase)));
    let Some(WordPage { word, entry, meanings, command }) = found else {
        terminal.problem(unknown_word(&program, &typed, terminal.language()));
        return Exit::Blocked;
    };
    if terminal.is_json() && (entry.is_some() || !meanings.is_empty()) {
        if let Some(GlossaryEntry { text, .. }) = entry {
            terminal.json(&json!({ "title": word, "text": text.english() }));
        }
        for Meaning { title, text } in &meanings {
            terminal.json(&json!({ "title": title, "text": text }));
        }
        return Exit::Done;
    }
    let mut pages: Vec<String> = entry.map(|entry| page(&word, entry, terminal.language())).into_iter().collect();
    pages.extend(command);
    pages.extend(meanings.iter().map(|Meaning { title, text }| {
        let page = composed!("{title}\n\n{text}");
        page.in_language(terminal.language()).to_owned()
    }));
    Terminal::answer(&pages.join("\n\n"));
    Exit::Done
}

/// What is known about the words as a whole; if there are none, the help of the program.
fn word_page(program: &mut Command, typed: &str) -> Option<WordPage> {
    let word = typed.trim_matches(['`', ':', ' ', '-']);
    let bare = glossary::bare(typed);
    let entry = glossary::entry(&bare);
    let mut meanings = lookup::meanings(word);
    if meanings.is_empty() {
        meanings = lookup::meanings(&bare);
    }
    meanings.extend(exit_status(program, word));
    let command = command_of(program, typed);
    let command = command.map(|command| command.render_long_help().ansi().to_string().trim_end().to_owned());
    (entry.is_some() || command.is_some() || !meanings.is_empty()).then_some(WordPage {
        word: bare,
        entry,
        meanings,
        command,
    })
}

/// What is known about a phrase of a question, or the word that it is a form of.
fn phrase_page(program: &mut Command, phrase: &str) -> Option<WordPage> {
    word_page(program, phrase).or_else(|| word_page(program, question::base_form(phrase)?))
}

/// The message about words without a meaning, with the word that was probably meant.
fn unknown_word(program: &Command, typed: &str, language: UserLanguage) -> Message {
    let word = typed.trim_matches(['`', ':', ' ', '-']);
    let shown = program.get_subcommands().filter(|command| !command.is_hide_set());
    let commands = shown.map(|command| command.get_name().to_owned());
    let of_people: Vec<String> = glossary::words().map(str::to_owned).chain(commands).collect();
    let keys = lookup::words();
    let near = |typed: &str| {
        let of_all = || nearest(typed, keys.iter().chain(&of_people).map(String::as_str));
        let found = match language {
            // Keys are in English.
            UserLanguage::Danish => nearest(typed, of_people.iter().map(String::as_str)).or_else(of_all),
            UserLanguage::English => of_all(),
        };
        found.map(str::to_owned)
    };
    match near(word).or_else(|| question::phrases(word).iter().find_map(|phrase| near(phrase))) {
        Some(near) => {
            message!("unknown word `{word}`: did you mean `{near}`?", "ukendt ord `{word}`: mente du `{near}`?")
        }
        None => message!(
            "unknown word `{word}`; `newsletter help` lists the commands",
            "ukendt ord `{word}`; `newsletter help` viser kommandoerne"
        ),
    }
}

/// What a word of the glossary means, and what else can be explained.
fn page(word: &str, entry: &GlossaryEntry, language: UserLanguage) -> String {
    let see = entry.see.iter().map(|word| format!("newsletter help {word}")).collect::<Vec<_>>().join(", ");
    let text = entry.text.in_language(language);
    if see.is_empty() {
        return format!("{word}\n\n{text}");
    }
    let see = message!("See also: {see}", "Se også: {see}");
    format!("{word}\n\n{text}\n\n{}", see.in_language(language))
}

/// The command of a path such as `audience list`; without words, the program itself.
fn command_of<'a>(program: &'a mut Command, typed: &str) -> Option<&'a mut Command> {
    typed.split_whitespace().try_fold(program, |command, word| command.find_subcommand_mut(word))
}

/// The lines of an exit status in the help of the program.
fn exit_status(program: &Command, word: &str) -> Option<Meaning> {
    let table = program.get_after_help()?.to_string();
    let number: u8 = word.parse().ok()?;
    let is_of =
        |line: &&str| line.trim_start().strip_prefix(&number.to_string()).is_some_and(|rest| rest.starts_with("  "));
    let mut lines = table.lines().skip_while(|line| !is_of(line));
    let first = lines.next()?.trim_start().trim_start_matches(|sign: char| sign.is_ascii_digit()).trim();
    let more = lines.take_while(|line| line.starts_with("      ")).map(str::trim);
    let text: Vec<&str> = [first].into_iter().chain(more).collect();
    let text = text.join(" ");
    let translated = TRANSLATED_STATUSES.iter().find(|(known, _)| *known == number).map(|(_, translated)| *translated);
    let translation = translated.map_or_else(|| text.clone(), str::to_owned);
    let text = Message::translated(text, translation);
    Some(Meaning { title: message!("exit status {number}", "exitkode {number}"), text })
}
