import { noChange } from 'lit';
import { Directive, directive, type AttributePart } from 'lit/directive.js';

/** CSS properties by their names in CSS; undefined takes one away. */
export type StyleProperties = Readonly<Record<string, string | undefined>>;

class StyleMapDirective extends Directive {
  #set: StyleProperties = {};

  override render(_properties: StyleProperties): unknown {
    return noChange;
  }

  override update({ element }: AttributePart, [properties]: [StyleProperties]): unknown {
    const { style } = element;
    for (const name of Object.keys(this.#set)) if (properties[name] === undefined) style.removeProperty(name);
    for (const [name, value] of Object.entries(properties)) {
      // Setting the same again makes the browser look for what it changes.
      if (value !== undefined && value !== this.#set[name]) style.setProperty(name, value);
    }
    this.#set = properties;
    return noChange;
  }
}

/**
 * `style=${styleMap({...})}`: sets properties of an element one by one. Lit's own begins with the attribute, which a
 * strict Content-Security-Policy of the page refuses.
 */
export const styleMap: (properties: StyleProperties) => unknown = directive(StyleMapDirective);
