package dev.recal.ops;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** State shared by all contexts of one tower. */
final class TowerState {

  private final VariableStore store;
  private final Tower tower;
  private final Ops root;
  private final Set<String> taken = new HashSet<>();
  private final List<MovingAverage> movingAverages = new ArrayList<>();
  private final List<Operand<TFloat32>> penalties = new ArrayList<>();
  private final Map<String, Operand<?>> published = new LinkedHashMap<>();
  private final Map<String, Long> multiplyAdds = new LinkedHashMap<>();

  TowerState(VariableStore store, Tower tower) {
    this.store = store;
    this.tower = tower;
    if (store.graph().operation(tower.name() + "/" + MARK) != null) {
      throw new IllegalArgumentException(
          "tower: the graph already has a tower named '" + tower.name() + "'.");
    }
    Ops scope = GraphScope.ops(store.graph()).withSubScope(tower.name());
    this.root = tower.device().map(scope::withDevice).orElse(scope);
    root.withName(MARK).noOp();
  }

  private static final String MARK = "tower";

  VariableStore store() {
    return store;
  }

  Tower tower() {
    return tower;
  }

  List<MovingAverage> movingAverages() {
    return movingAverages;
  }

  List<Operand<TFloat32>> penalties() {
    return penalties;
  }

  Map<String, Operand<?>> published() {
    return published;
  }

  Map<String, Long> multiplyAdds() {
    return multiplyAdds;
  }

  Ops scope(String path) {
    Ops scope = root;
    for (String word : path.isEmpty() ? new String[0] : path.split("/")) {
      scope = scope.withSubScope(word);
    }
    return scope;
  }

  Variable<TFloat32> variable(String path, VariableSpec spec, boolean repeated) {
    if (repeated) {
      Arguments.require(
          taken.contains(path), "name", "a variable that the scope has", "'" + path + "'");
    } else if (!taken.add(path)) {
      throw new IllegalArgumentException(
          "name: expected a name that no other layer uses, but got '" + path + "'.");
    }
    Variable<TFloat32> variable = store.findOrCreate(path, spec);
    if (!variable.shape().equals(spec.shape())) {
      throw new IllegalArgumentException(
          "shape: variable '"
              + path
              + "' has shape "
              + variable.shape()
              + " in another tower, but got "
              + spec.shape()
              + ".");
    }
    return tower.substitution().apply(variable);
  }
}
