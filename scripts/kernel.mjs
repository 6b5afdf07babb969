// Compiles kernel/ (AssemblyScript, a TypeScript for WebAssembly) to dist/kernel.wasm. See src/bytes/kernel.ts.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './install.mjs';

const folder = join(root, 'kernel');
const made = join(root, 'dist', 'kernel.wasm');
/** 64 KiB pages: what src/bytes/kernel.ts divides up. Memory that is not touched costs nothing. */
const pages = String((52 << 20) / 65_536);

/** Writes it anew; throws with the compiler's messages if it does not compile. */
export async function buildKernel() {
  const { default: asc } = await import('assemblyscript/asc');
  const output = [];
  let said = '';
  const { error } = await asc.main(
    `index.ts --outFile kernel.wasm --runtime stub --enable simd -O3 --noAssert --initialMemory ${pages} --maximumMemory ${pages}`.split(
      ' ',
    ),
    {
      readFile: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null),
      writeFile: (_name, contents) => output.push(contents),
      listFiles: () => [],
      // Warnings too: what is left of a pointer that was cut is a wrong one.
      stderr: {
        write: (text) => {
          said += text;
        },
      },
    },
  );
  if (error || said !== '') throw new Error(`kernel/ does not compile:\n${said || error.message}`);
  mkdirSync(dirname(made), { recursive: true });
  writeFileSync(made, output[0]);
}

/** Before tests run: what they use is what stands in kernel/. */
export default async function setup() {
  const changed = Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
  if (!existsSync(made) || statSync(made).mtimeMs < changed) await buildKernel();
}
