import { placeDurably } from '../../src/files/durable.ts';

/** Places files of known content below a folder, one after the other and each in small pieces, until it is killed. */
const [folder = '', start = '0', last = 'Infinity'] = process.argv.slice(2);

async function* content(name: string) {
  for (let line = 0; line < 40; line++) {
    yield Buffer.from(`${name} ${line}\n`.repeat(200));
    await new Promise(setImmediate);
  }
}

for (let index = Number(start); index < Number(last); index++) {
  const name = `file-${index}`;
  await placeDurably(`${folder}/${name}`, content(name), `p${process.pid}`);
  process.stdout.write(`${index}\n`);
}
