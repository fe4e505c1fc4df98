// The member newsletter as a react-email component, with plain createElement so that no build step is needed.
import { createElement as h } from "react";
import {
  Body, Button, Column, Container, Head, Heading, Hr, Html, Img, Link, Preview, Row, Section, Text,
} from "@react-email/components";

const font = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const text = { fontFamily: font, fontSize: 16, lineHeight: "1.6", color: "#1f2a24", margin: "0 0 16px" };
const title = { fontFamily: font, fontSize: 21, lineHeight: "1.3", margin: "36px 0 12px" };
const quiet = { ...text, fontSize: 13, color: "#55635a", margin: "0 0 10px" };

const paragraph = (...children) => h(Text, { style: text }, ...children);
const section = (name) => h(Heading, { as: "h2", style: title }, name);
const bold = (words) => h("strong", null, words);
const list = (tag, items) =>
  h(tag, { style: text }, ...items.map((item, key) => h("li", { key }, bold(item[0]), " ", item[1])));
const table = (rows, align) =>
  h(Section, null, ...rows.map(([left, right], key) =>
    h(Row, { key }, h(Column, { style: text }, left), h(Column, { style: text, align }, right))));

export const member = ({ name, organisation }) =>
  h(Html, { lang: "da" }, h(Head), h(Preview, null,
    "Hvad vi skal nå inden jul, årets gang i 2027 og nyt om de løsninger, vi deler"),
  h(Body, { style: { backgroundColor: "#f3f5f3" } },
    h(Container, { style: { backgroundColor: "#ffffff", maxWidth: 600, padding: "16px 32px 32px" } },
      h(Text, { style: { ...text, fontWeight: 700 } }, "Fællesskabet Åben Kommune"),
      h(Heading, { as: "h1", style: { ...title, fontSize: 28 } },
        "December i fællesskabet: tal, frister og det nye år"),
      paragraph(`Kære ${name}`),
      paragraph("Endnu et år med fælles løsninger er ved at være slut. Tak til alle, der har skrevet kode, testet, "
        + "stillet spørgsmål og delt erfaringer. Her får du det vigtigste at tage med hos ", organisation,
      ", før vi holder juleferie."),
      h(Img, { src: "https://aabenkommune.example/faellesskab.png", width: 536,
        alt: "Fem bygninger i et grønt landskab, forbundet af en prikket linje" }),
      section("Tre ting før jul"),
      paragraph("Nå dem gerne senest ", bold("18. december"), ":"),
      list("ol", [["Se kontaktpersonerne igennem.", "Er de stadig de rigtige for hvert produkt?"],
        ["Læg vederlaget ind i budgettet.", "Fakturaerne for de produkter, I bruger, sendes i december."],
        ["Sæt kryds i kalenderen.", "Årsmødet er torsdag den 21. januar 2027."]]),
      h(Button, { href: "https://example.org/aarsmoede-2027", style: { fontFamily: font, backgroundColor: "#3A7F3B",
        color: "#ffffff", padding: "12px 28px", fontSize: 16, fontWeight: 700 } }, "Tilmeld dig årsmødet"),
      section("Til dig, der er IT-chef"),
      paragraph("Tre af de fælles produkter går igen, når vi spørger, hvor man kan begynde:"),
      list("ul", [["OS2mo", "samler organisation og medarbejdere ét sted."],
        ["OS2rollekatalog", "styrer, hvem der har hvilke roller."],
        ["OS2kitos", "giver overblik over hele porteføljen af systemer."]]),
      paragraph("De spiller sammen, men I kan tage dem én ad gangen. Koden er åben og ligger frit fremme under "
        + "MPL 2.0, så din egen afdeling kan se efter, før I beslutter noget."),
      section("Fællesskabet i tal"),
      paragraph("OS2, som vi deler produkter med, fylder 15 år den 24. april 2027. Det begyndte i Rønde i 2012 med fem "
        + "kommuner."),
      table([["Hvad", "Tal"], ["Kommuner, der var med fra starten", "5"], ["Kommuner i 2017", "56"],
        ["Offentlige medlemmer siden", "78"], ["Produkter på kontoplanen for 2026", "29"],
        ["Et offentligt medlems kontingent om året", "25.000 kr."]], "right"),
      section("Årets gang i 2027"),
      table([["Hvornår", "Hvad sker der?"], ["Januar", "Nytårsstatus fra produkterne"], ["Marts", "OffDig"],
        ["24. april", "OS2's fødselsdag"], ["Maj", "Generalforsamling: beretning, regnskab og budget"],
        ["Efterår", "Informationsmøder og Digitaliseringsmessen"]], "left"),
      section("Inden næste udbud"),
      h(Section, { style: { backgroundColor: "#eef5ee", borderLeft: "4px solid #3A7F3B", padding: "14px 16px" } },
        paragraph(bold("Tip")),
        paragraph("Spørg i fællesskabet, før I skriver kravene. En anden kommune har ofte stået med det samme, og deres "
          + "erfaringer er frie at bruge. Denne boks går kun til medlemmerne.")),
      paragraph("Alle fælles produkter er samlet på ",
        h(Link, { href: "https://produkter.os2.eu/" }, "produkter.os2.eu"),
        ". Har du en historie, som andre kan lære af? Svar på denne mail, så ringer vi til dig."),
      paragraph("Glædelig jul og godt nytår, når I kommer så langt."),
      paragraph("Venlig hilsen", h("br"), bold("Fællesskabet Åben Kommune")),
      h(Hr),
      h(Text, { style: quiet }, "Du får mailen, fordi du er IT-chef i en kommune, der er medlem af Fællesskabet Åben "
        + "Kommune."),
      h(Text, { style: quiet }, h(Link, { href: "https://aabenkommune.example/afmeld" }, "Afmeld nyhedsbrevet")),
      h(Text, { style: quiet }, "Fællesskabet Åben Kommune", h("br"), "Havnegade 12, 2. sal", h("br"),
        "9999 Eksempelby"))));
