// Writes the web sites of the lab: www (articles, products, assets, some links that lead nowhere, a page whose assets
// went missing in a deploy) and app (one page for every path: a soft-404). The same tree every time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ARTICLES = 60;
const PRODUCTS = 40;
/** Assets that the dashboard page names and the deploy forgot. */
const LOST_CHUNKS = 26;
const WORDS =
  'trail ridge valley river stone larch cairn hut map summit weather rope boots bivouac marsh ford glacier track'.split(
    ' ',
  );

/** A short, fixed hash, as build tools put into the names of assets. */
function hash(n: number): string {
  return ((n * 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
}

function text(seed: number, words: number): string {
  let out = '';
  for (let i = 0; i < words; i++) out += `${WORDS[(seed * 7 + i * i * 3 + i) % WORDS.length]} `;
  return out.trim();
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="stylesheet" href="/static/css/main-${hash(1)}.css"><link rel="icon" href="/favicon.ico">
<script src="/static/js/main-${hash(2)}.js" defer></script></head>
<body><nav><a href="/">Home</a> <a href="/articles/">Articles</a> <a href="/products/">Products</a>
<a href="/about/">About</a> <a href="/contact/">Contact</a></nav>
<img src="/static/img/logo.svg" alt="">
<main><h1>${title}</h1>${body}</main></body></html>
`;
}

function put(root: string, path: string, content: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const links = (items: readonly string[]): string =>
  items.map((item) => `<p><a href="${item}">${item}</a></p>`).join('\n');

function www(root: string): void {
  const articles = Array.from({ length: ARTICLES }, (_, i) => `/articles/${WORDS[i % WORDS.length]}-${i}/`);
  const products = Array.from(
    { length: PRODUCTS },
    (_, i) => `/products/${WORDS[(i * 5) % WORDS.length]}-${100 + i}.html`,
  );
  articles.forEach((path, i) => {
    // Every fourth article still links to a page of the site before the last: a crawler follows it, and misses.
    const gone =
      i % 4 === 0
        ? `<p><a href="/2019/${WORDS[i % WORDS.length]}-notes-${i}.html">notes of 2019</a></p>`
        : '';
    put(
      root,
      `${path}index.html`,
      page(
        path,
        `<p>${text(i, 120)}</p>${links([articles[(i + 1) % ARTICLES], products[i % PRODUCTS]])}${gone}`,
      ),
    );
  });
  products.forEach((path, i) => {
    put(root, path, page(path, `<img src="/static/img/p${i}.svg" alt=""><p>${text(i + 50, 60)}</p>`));
    put(root, `static/img/p${i}.svg`, `<svg xmlns="http://www.w3.org/2000/svg"><title>p${i}</title></svg>\n`);
  });
  put(
    root,
    'index.html',
    page(
      'Offtrail outfitters',
      `<p>${text(1, 90)}</p>${links([...articles.slice(0, 8), ...products.slice(0, 8)])}`,
    ),
  );
  put(root, 'articles/index.html', page('Articles', links(articles)));
  put(root, 'products/index.html', page('Products', links(products)));
  for (const name of ['about', 'contact', 'login', 'search'])
    put(root, `${name}/index.html`, page(name, `<p>${text(9, 40)}</p>`));
  put(root, 'admin/index.html', page('Admin', '<form method="post"><input name="user"></form>'));
  put(root, 'backup/readme.txt', 'moved to files\n');
  const chunks = Array.from({ length: LOST_CHUNKS }, (_, i) => `/static/js/chunk-${hash(1000 + i)}.js`);
  put(
    root,
    'dashboard/index.html',
    page('Dashboard', chunks.map((src) => `<script src="${src}"></script>`).join('\n')),
  );
  put(root, `static/css/main-${hash(1)}.css`, 'body{font:1rem/1.5 serif}\n');
  put(root, `static/js/main-${hash(2)}.js`, 'console.log("hello")\n');
  put(root, 'static/img/logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>\n');
  put(root, 'favicon.ico', 'icon\n');
  put(root, 'health', 'ok\n');
  put(
    root,
    'feed.xml',
    `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>\n`,
  );
  put(root, 'robots.txt', 'User-agent: *\nDisallow: /admin/\nSitemap: http://www.example.com/sitemap.xml\n');
  put(
    root,
    'sitemap.xml',
    `<urlset>${articles.map((path) => `<url><loc>http://www.example.com${path}</loc></url>`).join('')}</urlset>\n`,
  );
  // What the actors of the lab read to behave like their originals.
  put(root, '../pages.txt', `${[...articles, ...products, '/about/', '/contact/'].join('\n')}\n`);
  put(root, '../chunks.txt', `${chunks.join('\n')}\n`);
}

const root = process.argv[2];
if (root === undefined) throw new Error('usage: site-tree.ts FOLDER');
www(join(root, 'www'));
put(join(root, 'app'), 'index.html', page('App', '<div id="root"></div>'));
put(join(root, 'app'), 'static/app.js', 'document.title="app"\n');
put(join(root, 'shop'), 'index.html', page('Shop', links(['/cart/'])));
put(join(root, 'shop'), 'cart/index.html', page('Cart', '<p>empty</p>'));
put(join(root, 'files'), 'pub/README', `${text(3, 4000)}\n`);
