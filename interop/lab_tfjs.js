// Calls models converted by tensorflowjs_converter, with TensorFlow.js and its JavaScript kernels.
//
//     node lab_tfjs.js GRAPHS_DIR CASES.json ANSWERS.json
//
// GRAPHS_DIR holds a directory for each converted signature. Run by lab_tfjs.py; java/Exchange.java
// describes the format of cases and answers. Needs @tensorflow/tfjs.

'use strict';

const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');

const ARRAYS = {float32: Float32Array, int32: Int32Array};

function decode(tensor) {
  const bytes = Uint8Array.from(Buffer.from(tensor.data, 'base64'));
  return tf.tensor(new ARRAYS[tensor.dtype](bytes.buffer), tensor.shape, tensor.dtype);
}

function encode(tensor) {
  // A cast of integers to floats keeps their array.
  const values = ARRAYS[tensor.dtype].from(tensor.dataSync());
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return {dtype: tensor.dtype, shape: tensor.shape, data: bytes.toString('base64')};
}

/** Reads a converted graph from files: the bundle for browsers fetches over HTTP only. */
async function load(directory) {
  const json = JSON.parse(fs.readFileSync(path.join(directory, 'model.json'), 'utf8'));
  const weightSpecs = json.weightsManifest.flatMap(group => group.weights);
  const files = json.weightsManifest.flatMap(group => group.paths);
  const weights = Buffer.concat(files.map(file => fs.readFileSync(path.join(directory, file))));
  const weightData = Uint8Array.from(weights).buffer;
  const artifacts = {modelTopology: json.modelTopology, weightSpecs, weightData};
  const model = await tf.loadGraphModel({load: async () => artifacts});
  return {model, signature: json.signature};
}

/** Returns an input's tensor. Of inputs of one shape the converter forgets the names: z is z_1:0. */
function input(signature, name) {
  const names = Object.keys(signature.inputs);
  return signature.inputs[names.find(one => one.replace(/(_\d+)?:0$/, '') === name)].name;
}

async function call({model, signature}, inputs) {
  const fed = {};
  for (const [name, tensor] of Object.entries(inputs)) {
    fed[input(signature, name)] = decode(tensor);
  }
  const names = Object.keys(signature.outputs).sort();
  const results = await model.executeAsync(fed, names.map(name => signature.outputs[name].name));
  const tensors = Array.isArray(results) ? results : [results];
  return Object.fromEntries(names.map((name, i) => [name, encode(tensors[i])]));
}

async function main() {
  const [graphs, casesFile, answersFile] = process.argv.slice(2);
  await tf.setBackend('cpu');
  const answers = [];
  const models = {};
  for (const {signature, inputs} of JSON.parse(fs.readFileSync(casesFile, 'utf8')).cases) {
    const directory = path.join(graphs, signature);
    if (!fs.existsSync(directory)) {
      answers.push(null);
      continue;
    }
    try {
      models[signature] = models[signature] || await load(directory);
      answers.push({outputs: await call(models[signature], inputs)});
    } catch (failure) {
      answers.push({error: `${failure.name}: ${failure.message}`});
    }
  }
  fs.writeFileSync(answersFile, JSON.stringify({runtime: tf.version_core, answers}));
}

main();
