#!/bin/sh
# Makes the force of the first alert: ground, members, officers.  Run from the
# checkout while `bluelamp run` is up on the same BLUELAMP_VAR (see first-alert.md).
set -eu
DATA=${DATA:-../shared/data}
PASSWORD=${PASSWORD:-a lamp burns over the door}
COUNT=${COUNT:-100000}
b=.venv/bin/bluelamp
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

$b org create-force bedfordshire "Bedfordshire trial" --short-name Bedfordshire --host localhost
echo "$PASSWORD" | $b org create-administrator --force bedfordshire --password-stdin \
    --number 9001 --name "Ada Wick" --email ada.wick@force.example.test

for place in luton-E06000032 bedford-E06000055 central-bedfordshire-E06000056; do
    $b import areas --force bedfordshire --kind ward --id WD13CD --name WD13NM \
        --source "$place" "$DATA/boundaries/wards-$place.geojson"
done
$b import postcodes "$DATA/postcodes/codepoint-open-lu.csv" "$DATA/postcodes/codepoint-open-mk.csv"

cat > "$work/units.csv" <<CSV
code,name,kind,parent,email
LUT,Luton neighbourhood team,team,HQ,luton@force.example.test
CSV
sed -i "s/,HQ,/,$($b org units --force bedfordshire --json | sed -n 's/.*"code": *"\([^"]*\)".*/\1/p' | head -1),/" \
    "$work/units.csv"
cat > "$work/officers.csv" <<CSV
number,name,email,unit,rank
1001,Grace Fold,grace.fold@force.example.test,LUT,PC
1002,Tom Barrow,tom.barrow@force.example.test,LUT,Sgt
CSV
cat > "$work/grants.csv" <<CSV
officer,role,unit,reason
1001,writer,LUT,Neighbourhood officer
1002,approver,LUT,Sergeant of the team
CSV
$b import units --force bedfordshire "$work/units.csv"
$b import officers --force bedfordshire "$work/officers.csv"
$b import grants --force bedfordshire "$work/grants.csv"
for who in grace.fold tom.barrow; do
    echo "$PASSWORD" | $b org set-password "$who@force.example.test" --password-stdin
done

$b demo members --force bedfordshire --count "$COUNT" \
    --postcodes "$DATA/postcodes/codepoint-open-lu.csv" \
    --postcodes "$DATA/postcodes/codepoint-open-mk.csv"
$b members refresh --force bedfordshire
