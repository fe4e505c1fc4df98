# The answer is remembered from a check a moment ago, so that no server is asked. The key is the digest of
# https://forening.example/medlemmer with its length before it.
printf '{"dd5dca65face0cbeedc59a9983fb7e97a18990d52e7228c6fc080d82f2d610f4":{"at":"%s","answer":{"status":403}}}' "$(date -u +%FT%TZ)" > .newsletter/links.json
