# The answer is remembered from a check a moment ago, so that no server is asked. The key is the digest of
# https://forening.example/refrat with its length before it.
printf '{"e1082df4b4ce7ff1120df2b1d7c8256869cc5935aa5d2dfdb97262c0937f4028":{"at":"%s","answer":{"status":404}}}' "$(date -u +%FT%TZ)" > .newsletter/links.json
