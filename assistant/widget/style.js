// How the widget looks. A page themes it by the custom properties --role-assistant-…, `color-scheme`, and ::part(class).
// Sizes are in em, since a page may change what a rem is.

export const STYLE = `
:host {
  all: initial;
  --_accent: var(--role-assistant-accent, light-dark(#1b57b3, #8ab4f8));
  --_on-accent: var(--role-assistant-on-accent, light-dark(#fff, #10192b));
  --_text: var(--role-assistant-text, light-dark(#1c2430, #e6e9ef));
  --_quiet: var(--role-assistant-quiet, light-dark(#525d6d, #a9b3c2));
  --_surface: var(--role-assistant-surface, light-dark(#fff, #171c26));
  --_raised: var(--role-assistant-raised, light-dark(#f2f5f9, #222936));
  --_line: var(--role-assistant-line, light-dark(#d5dce6, #3a4556));
  --_edge: var(--role-assistant-edge, light-dark(#7d8898, #7c889b));
  --_mark: var(--role-assistant-mark, light-dark(#ffe9a3, #5c4700));
  --_alarm: var(--role-assistant-alarm, light-dark(#a4262c, #ffa8a2));
  --_radius: var(--role-assistant-radius, 14px);
  --_inset: var(--role-assistant-inset, 20px);
  position: fixed; inset-block-end: var(--_inset); inset-inline-end: var(--_inset);
  z-index: var(--role-assistant-layer, 2147483000);
  color-scheme: light dark; color: var(--_text);
  font: var(--role-assistant-font, medium/1.5 system-ui, sans-serif);
  overflow-wrap: anywhere;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
p, h2, h3, h4, ul, ol, pre, blockquote { margin: 0; padding: 0; }
ul, ol { list-style: none; }
p, li, h2, h4, td, th, blockquote, .pill, textarea { unicode-bidi: plaintext; text-align: start; }
h3, h4, summary { font-size: .8125em; font-weight: 600; color: var(--_quiet); }
a { color: var(--_accent); }
svg { width: 1.375em; height: 1.375em; flex: none; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
button, textarea, input { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; border: 1px solid transparent; background: none; }

.launcher {
  display: grid; place-items: center; width: 3.5em; height: 3.5em; padding: 0; border-radius: 50%;
  background: var(--_accent); color: var(--_on-accent); box-shadow: 0 4px 16px #0004;
}
.launcher svg { width: 1.625em; height: 1.625em; }
.launcher:focus-visible { outline-offset: 3px; }

dialog {
  position: fixed; inset: auto; inset-block-end: var(--_inset); inset-inline-end: var(--_inset);
  width: min(26em, 100vw - 2 * var(--_inset)); max-width: none;
  height: min(42em, 100dvh - 2 * var(--_inset)); max-height: none; margin: 0; padding: 0;
  border: 1px solid var(--_line); border-radius: var(--_radius); overflow: clip;
  background: var(--_surface); color: inherit; box-shadow: 0 12px 40px #0005;
}
dialog[open] { display: flex; flex-direction: column; }
dialog.wide { width: min(52em, 100vw - 2 * var(--_inset)); height: calc(100dvh - 2 * var(--_inset)); }
dialog:modal .wider { display: none; }
dialog:modal { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }

header { display: flex; align-items: center; gap: .25em; padding: .625em .625em .625em 1.125em; border-block-end: 1px solid var(--_line); }
h2 { min-width: 0; margin-inline-end: auto; overflow-wrap: break-word; font-size: 1.0625em; font-weight: 600; line-height: 1.3; }
.icon { display: inline-grid; place-items: center; width: 2.5em; height: 2.5em; padding: 0; border-radius: .625em; color: var(--_quiet); }
.icon:hover, .icon[aria-pressed="true"] { background: var(--_raised); color: var(--_accent); }
.icon[aria-pressed="true"] svg { fill: currentcolor; }
.down svg { transform: rotate(180deg); }

[role="log"] { position: relative; flex: 1; min-height: 0; padding: 1.125em; overflow-y: auto; overscroll-behavior: contain; }
:host([full]) :is(header, [role="log"], .ask) { padding-inline: max(1.125em, (100% - 48em) / 2); }
slot[name="links"] { display: flex; gap: 1em; margin-inline: .75em .5em; font-size: .9375em; }
[role="log"]:focus-visible { outline-offset: -3px; }
article, .greeting, .first { display: grid; gap: .75em; }
.greeting ~ article, article ~ article { margin-block-start: 1.5em; }
.greeting p { color: var(--_quiet); }
.question {
  justify-self: end; max-width: 88%; padding: .5em .875em; border: 1px solid transparent;
  border-radius: var(--_radius); border-end-end-radius: 4px; background: var(--_accent); color: var(--_on-accent);
}
.question .note { color: inherit; }
.text { white-space: pre-wrap; }
.reply, .blocks { display: grid; gap: .625em; min-width: 0; }
.blocks:empty, .said:empty, .instead:empty { display: none; }
.said { display: grid; gap: 1em 1.5em; }
.beside { grid-template-columns: repeat(auto-fit, minmax(min(100%, 13em), 1fr)); }
.group { display: grid; gap: .375em; align-content: start; min-width: 0; }
.label { font-size: .875em; line-height: 1.4; }
.list { display: grid; gap: .375em; padding-inline-start: 1.25em; list-style: disc; }
.list:has(> :only-child) { padding: 0; list-style: none; }
.list ::marker { color: var(--_quiet); }
.list > .numbered { list-style: none; margin-inline-start: -1.25em; }
b { font-weight: 600; }
pre { white-space: pre-wrap; font: .9375em/1.5 ui-monospace, monospace; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9375em; line-height: 1.4; }
td, th { padding: .375em .75em .375em 0; border-block-end: 1px solid var(--_line); vertical-align: top; text-align: start; overflow-wrap: normal; }
th { color: var(--_quiet); font-weight: 600; }
details { border: 1px solid var(--_line); border-radius: .625em; }
summary { padding: .5em .875em; cursor: pointer; }
details .closest { padding: 0 .625em .625em; }
.instead { display: grid; gap: .5em; margin-block-start: .25em; }
.why { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .25em; }
.printed { display: none; }
.path, .note, .busy, label { color: var(--_quiet); font-size: .8125em; line-height: 1.4; }
.busy::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-inline-end: .5em; border-radius: 50%; background: currentcolor; }
.error { color: var(--_alarm); }
.ref {
  min-width: 1.75em; min-height: 1.75em; vertical-align: .0625em; padding: 0 .375em; border: 1px solid var(--_line); border-radius: .5em;
  background: var(--_raised); color: var(--_accent); font-size: .8125em; font-weight: 600; line-height: 1; font-variant-numeric: tabular-nums;
}
.ref:hover, .ref[aria-expanded="true"] { border-color: var(--_accent); background: var(--_accent); color: var(--_on-accent); }
.near .text { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; white-space: normal; font-size: .9375em; }
.near > p:has(.ref) { display: flex; gap: .5em; align-items: start; justify-content: space-between; }
.near > .path { margin-block-end: .125em; }
.closest, .conflict ul { display: grid; gap: .5em; }
.closest > li, .conflict { padding: .625em .75em; border: 1px solid var(--_line); border-radius: .625em; }
.conflict { display: grid; gap: .5em; border-inline-start: 4px solid var(--_alarm); }
.card {
  display: grid; gap: .375em; margin-block: .5em .25em; padding: .75em .875em; border: 1px solid var(--_line);
  border-inline-start: 4px solid var(--_accent); border-radius: .625em; background: var(--_raised); font-size: .9375em;
}
.card .note:empty { display: none; }
blockquote { white-space: pre-wrap; color: var(--_quiet); }
mark { padding-block: .1em; border-radius: 3px; background: var(--_mark); color: var(--_text); }
.links { display: flex; flex-wrap: wrap; gap: .25em 1em; }
.links a { display: inline-flex; gap: .2em; align-items: center; min-height: 1.75em; }
.links svg { width: 1em; height: 1em; }

.examples { display: flex; flex-wrap: wrap; gap: .5em; }
.pill {
  min-height: 2.25em; padding: .3em .875em; border-color: var(--_edge); border-radius: 1.25em;
  color: var(--_accent); font-size: .9375em; line-height: 1.35;
}
.pill:hover { background: var(--_raised); }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .25em; }
.actions .icon { width: 2.125em; height: 2.125em; }
.actions svg { width: 1.125em; height: 1.125em; }
textarea, input { padding: .5em .75em; border: 1px solid var(--_edge); border-radius: .75em; background: var(--_surface); }
textarea:focus-visible, input:focus-visible { outline-offset: -1px; }
input { flex: 1; min-width: 10em; border-radius: 1.25em; font-size: .9375em; }
textarea:placeholder-shown { unicode-bidi: normal; }
::placeholder { color: var(--_quiet); opacity: 1; }
[aria-invalid="true"] { border-color: var(--_alarm); }

.ask { display: grid; gap: .25em; padding: .625em 1.125em .75em; border-block-start: 1px solid var(--_line); }
.row { display: flex; gap: .5em; align-items: end; }
textarea { flex: 1; min-width: 0; min-height: 2.75em; max-height: 9em; line-height: 1.5; resize: none; field-sizing: content; }
.send { display: grid; place-items: center; width: 2.75em; height: 2.75em; padding: 0; flex: none; border-radius: .75em; background: var(--_accent); color: var(--_on-accent); }
.stop svg { fill: currentcolor; }

@media (prefers-reduced-motion: no-preference) {
  .launcher { transition: transform .15s; }
  .launcher:hover { transform: scale(1.06); }
  dialog[open] { animation: rise .18s ease-out; }
  .busy::before { animation: breathe 1.6s ease-in-out infinite; }
}
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
@keyframes breathe { 50% { opacity: .2; } }
@media (forced-colors: active) {
  .icon[aria-pressed="true"], .ref[aria-expanded="true"] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  .send, .launcher, .question { border-color: ButtonText; }
}
@media print {
  :host(:not([full][open])) { display: none; }
  :host { position: static; }
  dialog, [role="log"] { position: static !important; display: block; width: auto !important; height: auto !important; overflow: visible; }
  header, .ask, .greeting, .actions, .why, details, .instead, .card { display: none !important; }
  .question { max-width: none; padding: 0; background: none; color: inherit; font-weight: 600; }
  .printed { display: block; font-size: .8125em; }
}
`;
