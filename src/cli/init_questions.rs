//! What `init` asks on a terminal, or takes from its options.

use clap::Args;

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::secret::Secret;
use crate::cli::hidden_line::{self, HiddenLine};
use crate::cli::terminal::Terminal;
use crate::edition::colour::Colour;
use crate::ops::new_project::ProjectDraft;
use crate::ops::project_answers::{self, AnswerFault};
use crate::ops::relay_answer::{self, RelayAnswer, RelayDraft};
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;
use crate::people::person::reserved_domain::is_reserved;

/// The answers that can be typed on the command line.
#[derive(Args, Debug)]
pub(crate) struct InitOptions {
    /// Name of the association or the newsletter
    #[arg(long)]
    name: Option<String>,
    /// Sender's mail address
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// Postal address, shown at the end of each letter
    #[arg(long, value_name = "STREET, TOWN")]
    address: Option<String>,
    /// Colour of buttons and links: a name, or a code such as #3A7F3B [default: green]
    #[arg(long, value_name = "COLOUR")]
    colour: Option<String>,
    /// Relay: HOST, HOST:PORT, `smtp://USER@HOST`, `smtps://…`, google or microsoft365 [default: none, letters go to outbox/]
    #[arg(long, value_name = "RELAY")]
    relay: Option<String>,
    /// First reader, who gets the first letter alone [default: the sender]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
}

impl InitOptions {
    /// Whether an answer was typed.
    fn has_answers(&self) -> bool {
        [&self.name, &self.from, &self.address, &self.colour, &self.relay, &self.to].iter().any(|typed| typed.is_some())
    }
}

/// What `init` does.
#[derive(Debug)]
pub(super) enum InitPlan {
    /// It creates the example project: nothing was asked or typed.
    Example,
    /// It creates a project from answers.
    Answered(Box<AnsweredProject>),
    /// Nothing: an answer is missing or wrong, which was reported.
    Nothing,
}

/// A project, and what must not be in its settings.
#[derive(Debug)]
pub(super) struct AnsweredProject {
    /// The project.
    pub(super) draft: ProjectDraft,
    /// The password of its relay; absent: it needs none, or is written to its file later.
    pub(super) password: Option<Secret>,
}

/// What to create: from the options, and from questions where someone can answer them. `lang` is the one on the command line.
pub(super) fn plan(terminal: &Terminal, options: &InitOptions, lang: Option<Lang>) -> InitPlan {
    let asks = terminal.can_ask() && !terminal.is_quiet() && !options.yes;
    if !asks && !options.has_answers() {
        return InitPlan::Example;
    }
    let typed = typed_answers(terminal, options, lang);
    let answered = match typed {
        Some(typed) if asks => ask(terminal, typed),
        Some(typed) => typed.without_questions(terminal).map(|draft| AnsweredProject { draft, password: None }),
        None => None,
    };
    answered.map_or(InitPlan::Nothing, |answered| InitPlan::Answered(Box::new(answered)))
}

/// The answers so far.
#[derive(Debug)]
struct Answers {
    name: Option<String>,
    from: Option<Mailbox>,
    postal_address: Option<String>,
    colour: Option<Colour>,
    lang: Option<Lang>,
    relay: Option<RelayAnswer>,
    reader: Option<Address>,
}

/// The valid answers of the command line; absent: one is wrong, and all that are were reported.
fn typed_answers(terminal: &Terminal, options: &InitOptions, lang: Option<Lang>) -> Option<Answers> {
    let mut reader = OptionReader { terminal, is_wrong: false };
    let name = reader.read("--name", options.name.as_deref(), project_answers::name);
    let sender = |typed: &str| project_answers::sender(typed, name.as_deref().unwrap_or_default());
    let answers = Answers {
        from: reader.read("--from", options.from.as_deref(), sender),
        postal_address: reader.read("--address", options.address.as_deref(), project_answers::postal_address),
        colour: reader.read("--colour", options.colour.as_deref(), |typed| noted_colour(terminal, typed)),
        relay: reader.read("--relay", options.relay.as_deref(), |typed| Ok(relay_answer::parse(typed)?)),
        reader: reader.read("--to", options.to.as_deref(), project_answers::address),
        name,
        lang,
    };
    (!reader.is_wrong).then_some(answers)
}

struct OptionReader<'t> {
    terminal: &'t Terminal,
    is_wrong: bool,
}

impl OptionReader<'_> {
    fn read<T>(
        &mut self,
        option: &str,
        typed: Option<&str>,
        parse: impl Fn(&str) -> Result<T, AnswerFault>,
    ) -> Option<T> {
        match parse(typed?) {
            Ok(answer) => Some(answer),
            Err(AnswerFault { message, .. }) => {
                self.is_wrong = true;
                self.terminal.problem(message!("{option}: {message}", "{option}: {message}"));
                None
            }
        }
    }
}

impl Answers {
    /// The project, with defaults for what was not typed; absent: something without a default is missing.
    fn without_questions(self, terminal: &Terminal) -> Option<ProjectDraft> {
        let required = [
            ("--name", self.name.is_none()),
            ("--from", self.from.is_none()),
            ("--address", self.postal_address.is_none()),
        ];
        let missing: Vec<&str> = required.iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            terminal.problem(message!("write these options as well: {missing}", "skriv også disse: {missing}"));
        }
        let from = named(self.from?, self.name.as_deref()?);
        let relay = self.relay.unwrap_or(RelayAnswer::Outbox);
        if let Some(fault) = example_sender(&from, &relay) {
            terminal.problem(message!("--from: {fault}", "--from: {fault}"));
            return None;
        }
        Some(ProjectDraft {
            name: self.name?,
            postal_address: self.postal_address?,
            colour: self.colour.unwrap_or(Colour::DEFAULT),
            lang: self.lang.unwrap_or_default(),
            relay,
            reader: self.reader.unwrap_or_else(|| from.address.clone()),
            from,
        })
    }
}

/// Reads a colour, and prints a note if a darker one than the typed name is used.
fn noted_colour(terminal: &Terminal, typed: &str) -> Result<Colour, AnswerFault> {
    let colour = project_answers::colour(typed)?;
    if let Some(note) = project_answers::colour_note(typed) {
        terminal.note(message!("  {note}", "  {note}"));
    }
    Ok(colour)
}

/// A sender with the name that was typed after it.
fn named(from: Mailbox, name: &str) -> Mailbox {
    let own = from.name.filter(|own| !own.is_empty());
    Mailbox { name: own.or_else(|| Some(name.to_owned())), address: from.address }
}

/// Why a sender cannot send through a relay; absent: it can.
fn example_sender(from: &Mailbox, relay: &RelayAnswer) -> Option<Message> {
    let reaches_others = match relay {
        RelayAnswer::Outbox => false,
        RelayAnswer::Microsoft365 => true,
        RelayAnswer::Server(relay) => !relay.is_this_machine() && !is_reserved(&relay.host),
    };
    (reaches_others && is_reserved(from.address.domain())).then(|| {
        message!(
            "the sender's address is an example, and no mail server takes mail from it: type your own",
            "afsenderens adresse er et eksempel, og ingen mailserver tager imod mail fra den: skriv jeres egen"
        )
    })
}

/// Asks for what was not typed; absent: the input ended.
fn ask(terminal: &Terminal, typed: Answers) -> Option<AnsweredProject> {
    terminal.note(message!(
        "Answer the questions; Enter accepts the value in brackets. Everything can be changed later. Ctrl-C creates nothing.",
        "Svar på spørgsmålene; Enter vælger det, der står i parentes. Alt kan rettes bagefter. Ctrl-C opretter intet."
    ));
    let questions = Questions { terminal };
    let answered = questions.project(typed);
    if answered.is_none() {
        terminal.note(Message::verbatim(""));
        terminal.problem(message!("stopped; nothing was created", "afbrudt; intet blev oprettet"));
    }
    answered
}

struct Questions<'t> {
    terminal: &'t Terminal,
}

impl Questions<'_> {
    fn project(&self, typed: Answers) -> Option<AnsweredProject> {
        let name = match typed.name {
            Some(name) => name,
            None => self.name()?,
        };
        let sender = || {
            let question = message!(
                "Sender's mail address, such as nyt@forening.example",
                "Afsenderens mailadresse, f.eks. nyt@forening.example"
            );
            self.required(&question, |typed| project_answers::sender(typed, &name))
        };
        let mut from = match typed.from {
            Some(from) => named(from, &name),
            None => sender()?,
        };
        let postal_address = match typed.postal_address {
            Some(address) => address,
            None => self.postal_address()?,
        };
        let colour = match typed.colour {
            Some(colour) => colour,
            None => self.colour()?,
        };
        let lang = match typed.lang {
            Some(lang) => lang,
            None => self.lang()?,
        };
        let relay = match typed.relay {
            Some(relay) => relay,
            None => self.relay()?,
        };
        while let Some(fault) = example_sender(&from, &relay) {
            self.terminal.note(fault);
            from = sender()?;
        }
        let relay = self.with_login(relay, &from)?;
        let password = match &relay {
            RelayAnswer::Server(RelayDraft { username: Some(_), .. }) => self.password()?,
            RelayAnswer::Server(_) | RelayAnswer::Microsoft365 | RelayAnswer::Outbox => None,
        };
        let reader = match typed.reader {
            Some(reader) => reader,
            None if relay == RelayAnswer::Outbox => from.address.clone(),
            None => self.reader(&from)?,
        };
        let draft = ProjectDraft { name, from, postal_address, colour, lang, relay, reader };
        Some(AnsweredProject { draft, password })
    }

    fn name(&self) -> Option<String> {
        let question = message!("Name of the association or newsletter", "Navn på foreningen eller nyhedsbrevet");
        self.required(&question, project_answers::name)
    }

    fn postal_address(&self) -> Option<String> {
        let question = message!(
            "Postal address, shown at the end of each mail: street, postcode and town",
            "Postadresse, som vises nederst i hver mail: gade, postnummer og by"
        );
        self.required(&question, project_answers::postal_address)
    }

    fn colour(&self) -> Option<Colour> {
        let question = message!(
            "Colour of buttons and links, such as blue or #1F5FA8",
            "Farve på knapper og links, f.eks. blå eller #1F5FA8"
        );
        let usual = message!("green", "grøn");
        let usual = usual.in_language(self.terminal.language()).to_owned();
        self.asked(&question, usual, |typed| noted_colour(self.terminal, typed))
    }

    fn lang(&self) -> Option<Lang> {
        let known = Lang::known();
        let question = message!("Language of the mails ({known})", "Sproget i mailene ({known})");
        self.asked(&question, Lang::default().tag().to_owned(), project_answers::lang)
    }

    fn relay(&self) -> Option<RelayAnswer> {
        let question = message!(
            "Mail server, such as smtp.forening.example, localhost, google or microsoft365",
            "Mailserver, f.eks. smtp.forening.example, localhost, google eller microsoft365"
        );
        let later = message!("later", "senere");
        let later = later.in_language(self.terminal.language()).to_owned();
        self.asked(&question, later, |typed| Ok(relay_answer::parse(typed)?))
    }

    /// The relay with the user name to log in with.
    fn with_login(&self, relay: RelayAnswer, from: &Mailbox) -> Option<RelayAnswer> {
        let RelayAnswer::Server(relay) = relay else { return Some(relay) };
        if relay.username.is_some() || relay.is_this_machine() {
            return Some(RelayAnswer::Server(relay));
        }
        let host = &relay.host;
        let question = message!(
            "User name at {host}; `-` if it needs no login",
            "Brugernavn hos {host}; `-` hvis den ikke kræver login"
        );
        let username = self.asked(&question, from.address.to_string(), project_answers::username)?;
        Some(RelayAnswer::Server(RelayDraft { username, ..relay }))
    }

    /// The password, which is not shown; `None` in the answer: it comes later.
    #[expect(clippy::option_option, reason = "the outer one is the end of the input, as of each question")]
    fn password(&self) -> Option<Option<Secret>> {
        let question = message!(
            "Its password, which is not shown (Enter: later):",
            "Adgangskoden, som ikke vises (Enter: senere):"
        );
        let typed = hidden_line::read(|| self.terminal.prompt(question));
        self.terminal.note(Message::verbatim(""));
        match typed {
            Ok(HiddenLine::Typed(password)) => Some(Some(password).filter(|password| !password.reveal().is_empty())),
            Ok(HiddenLine::Ended) => None,
            Err(error) => {
                self.terminal.note(message!(
                    "it cannot be read here ({error}): write it to its file later",
                    "den kan ikke læses her ({error}): skriv den i dens fil senere"
                ));
                Some(None)
            }
        }
    }

    fn reader(&self, from: &Mailbox) -> Option<Address> {
        let question = message!(
            "Your own mail address: the first mail goes to you alone",
            "Din egen mailadresse: den første mail går kun til dig"
        );
        self.asked(&question, from.address.to_string(), project_answers::address)
    }

    /// Asks until the answer is valid; absent: the input ended.
    fn required<T>(&self, question: &Message, parse: impl Fn(&str) -> Result<T, AnswerFault>) -> Option<T> {
        self.until_valid(question, None, parse)
    }

    /// The same with a default answer.
    fn asked<T>(&self, question: &Message, usual: String, parse: impl Fn(&str) -> Result<T, AnswerFault>) -> Option<T> {
        self.until_valid(question, Some(usual), parse)
    }

    fn until_valid<T>(
        &self,
        question: &Message,
        mut usual: Option<String>,
        parse: impl Fn(&str) -> Result<T, AnswerFault>,
    ) -> Option<T> {
        loop {
            let shown = match &usual {
                Some(usual) => message!("{question} [{usual}]:", "{question} [{usual}]:"),
                None => message!("{question}:", "{question}:"),
            };
            let typed = self.terminal.ask(shown)?;
            let answer = usual.as_ref().filter(|_| typed.is_empty()).unwrap_or(&typed);
            match parse(answer) {
                Ok(answer) => return Some(answer),
                Err(AnswerFault { message, instead }) => {
                    self.terminal.note(message!("  {message}", "  {message}"));
                    usual = instead.or(usual);
                }
            }
        }
    }
}
