printf 'hemmelig\n' > afmeld.key
chmod 0600 afmeld.key
