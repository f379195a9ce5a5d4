package dev.recal.tools;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Packages in layers: a class may use its own package and those of the layers below. A package that
 * is in no layer fails, so new packages must be listed.
 */
final class LayeredPackages extends ArchCondition<JavaClass> {

  private final String root;
  private final Map<String, Integer> layers = new HashMap<>();

  /**
   * Creates the condition.
   *
   * @param root the package that all of them are in
   * @param fromBelow a layer each: names below the root, separated by blanks
   */
  LayeredPackages(String root, List<String> fromBelow) {
    super("only use packages of the layers below");
    this.root = root;
    for (int i = 0; i < fromBelow.size(); i++) {
      for (String name : fromBelow.get(i).split(" ")) {
        layers.put(root + "." + name, i);
      }
    }
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    String own = type.getPackageName();
    if (!layers.containsKey(own)) {
      events.add(SimpleConditionEvent.violated(type, own + " is in no layer"));
      return;
    }
    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
      String used = dependency.getTargetClass().getBaseComponentType().getPackageName();
      boolean belongs = used.startsWith(root + ".") && !used.equals(own);
      if (belongs && layers.getOrDefault(used, Integer.MAX_VALUE) >= layers.get(own)) {
        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
      }
    }
  }
}
