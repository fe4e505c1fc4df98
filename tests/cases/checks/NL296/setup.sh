git init -q
git add people
