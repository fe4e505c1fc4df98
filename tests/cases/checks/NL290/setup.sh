printf -- '---\nsubject: Nyt p\345 vej\naudiences: [members]\n---\nDer er nyt.\n' > issues/maj.md
