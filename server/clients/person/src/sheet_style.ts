// The look of the recovery sheet: one A4 or Letter page, black on white, readable at arm's length.
// SPDX-License-Identifier: Apache-2.0

export const sheetStyle = `
@page { size: A4; margin: 12mm 14mm; }
* { box-sizing: border-box; margin: 0; padding: 0; }
html { background: #e9e9e6; }
body {
  color: #000; line-height: 1.42; font-size: 11.5pt;
  font-family: "Noto Sans KR", "Noto Sans JP", "Noto Sans CJK KR", "Noto Sans CJK JP",
    "Malgun Gothic", "Apple SD Gothic Neo", "Hiragino Sans", "Yu Gothic", sans-serif;
  word-break: keep-all; overflow-wrap: anywhere;
}
:lang(ja) body { word-break: normal; word-break: auto-phrase; line-break: strict;
  font-family: "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", sans-serif; }
main { width: 182mm; max-width: 100%; margin: 6mm auto; padding: 8mm; background: #fff; }
header { border-bottom: 1.2mm solid #000; padding-bottom: 2mm; }
h1 { font-size: 24pt; line-height: 1.2; }
header p { font-size: 13pt; font-weight: 700; }
dl { display: grid; grid-template-columns: 1.7fr 2.3fr 1.2fr 1.3fr; margin: 3mm 0; gap: 3mm; }
dt { font-size: 8.5pt; }
dd { min-height: 7mm; border-bottom: 0.3mm solid #000; font-size: 12pt; font-weight: 700; }
.check dd { font-family: "Noto Sans Mono", "DejaVu Sans Mono", Consolas, monospace; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 2.5mm 7mm; }
h2 { font-size: 12.5pt; margin-bottom: 0.5mm; }
ul, ol { padding-left: 5mm; }
li { margin-bottom: 0.8mm; }
.fold { border-top: 0.4mm dashed #000; margin: 5mm 0 4mm; text-align: center; height: 0; }
.fold span { position: relative; top: -1em; line-height: 2; padding: 0 3mm; background: #fff;
  font-size: 9pt; display: inline-block; }
.codes { display: grid; gap: 3mm; }
figure { display: grid; grid-template-columns: 60mm 1fr; gap: 4mm; align-items: center;
  border: 0.5mm solid #000; padding: 2mm; break-inside: avoid; }
figure svg { width: 60mm; height: 60mm; display: block; }
figure + figure { grid-template-columns: 36mm 1fr; border-width: 0.3mm; }
figure + figure svg { width: 36mm; height: 36mm; }
.letters { margin-top: 2mm; display: grid; gap: 0 4.5mm;
  grid-template-columns: repeat(5, max-content);
  font: 700 14pt/1.5 "Noto Sans Mono", "DejaVu Sans Mono", Consolas, monospace; }
.letters span:first-child { grid-column: 1 / -1; }
figure + figure .letters { grid-template-columns: repeat(8, max-content); gap: 0 2.5mm;
  font-size: 10.5pt; font-weight: 400; margin-top: 1mm; }
.note { font-size: 8.5pt; margin-top: 2mm; text-align: right; }
@media (max-width: 640px) {
  main { padding: 4mm; margin: 0; }
  dl, .columns { grid-template-columns: 1fr; }
  figure, figure + figure { grid-template-columns: 1fr; }
  figure + figure .letters { grid-template-columns: repeat(5, max-content); }
}
@media print {
  html { background: none; }
  main { width: auto; margin: 0; padding: 0; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
