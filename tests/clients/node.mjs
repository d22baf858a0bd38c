// Prints the scores of image files by the Node.js client of docs/clients.md: node node.mjs FOLDER IMAGE...
import { pathToFileURL } from "node:url";

const [folder, ...images] = process.argv.slice(2);
const { classify } = await import(pathToFileURL(`${folder}/classify.mjs`));
const scores = [];
for (const image of images)
  scores.push(await classify(image));
console.log(JSON.stringify(scores));
