# The commands that touch files, bases and settings, at both widths; sizes and paths vary.
folder=$(mktemp -d); trap 'rm -r "$folder"' EXIT
for width in 80 120; do
  echo "== $width columns"
  cat > "$folder/script.dl" <<END
.set width $width
.open $folder/base$width
relation rating(firm: entity, company: entity, view: entity).
rating(jefferies, amazon, buy) @source: jefferies.
rating(wolfe_research, amazon, positive) @certainty: probable.
-rating(jefferies, amazon, buy) @source: nobody.
old(1). old(2).
.drop old
.relations
rating(F, C, V)?
.edit
.history
.limit time 30s memory 1GB
.limit
.limit off
.pager
.set
.info
.verify
.save $folder/saved$width.dl
.export rating $folder/rating$width.csv
.quit
rating(F, C, V)?
END
  EDITOR=true $FACTSH --no-init --batch --keep-going "$folder/script.dl" 2>&1 \
    | sed -E "s#$folder#FOLDER#g; /^(texts|on disk|a fact|log|format|no damage)/ s/[0-9.]+/N/g
      s/[0-9.]+ (KB|kB|MB|GB|bytes)/N \1/g; s/N kB/N bytes/; s/ +$//"
  $FACTSH --no-init --batch --base "$folder/base$width" -c ".set width $width" -c .compact 2>&1 \
    | sed -E "s#$folder#FOLDER#g; s/[0-9.]+ (KB|kB|MB|GB|bytes)/N bytes/g"
  cat "$folder/saved$width.dl" "$folder/rating$width.csv"
done
