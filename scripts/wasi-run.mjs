// Runs a program for WASI preview 1: node wasi-run.mjs PROGRAM ARGUMENTS...
// The program can read all files by their absolute paths, and the whole environment.
import { readFile } from "node:fs/promises";
import { argv, env, exit } from "node:process";
import { WASI } from "node:wasi";

const args = argv.slice(2);
const wasi = new WASI({ version: "preview1", args, env, preopens: { "/": "/" }, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(await readFile(args[0]), wasi.getImportObject());
exit(wasi.start(instance));
