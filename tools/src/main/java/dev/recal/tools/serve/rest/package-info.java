/** TensorFlow Serving's REST API as text: requests, responses and errors. */
package dev.recal.tools.serve.rest;
