rm -r .newsletter
{
    echo 'email;note'
    note=$(printf '%0150d' 0)
    seq -f "p%.0f@a.example;$note" 8000
} > people.csv
