import { plain } from '../xml/names.ts';
import { element, type Markup, write } from '../xml/write.ts';

/** A page for who looks with a browser, under its title. */
export function htmlPage(title: string, content: Markup): string {
  const head = element(plain('head'), [element(plain('title'), title)]);
  const body = element(plain('body'), [element(plain('h1'), title), content]);
  return `<!doctype html>\n${write(element(plain('html'), [head, body]))}\n`;
}
