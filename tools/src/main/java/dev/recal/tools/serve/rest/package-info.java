/** TensorFlow Serving's REST interface as text: requests in, answers and errors out. */
package dev.recal.tools.serve.rest;
